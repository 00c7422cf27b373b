# fails: no-answer
# mistake: soup-left-out
# hint: null is a value too
import pathlib
import runpy

root = pathlib.Path(__file__).parents[4]
server = root / "solutions" / "16-python-on-the-other-side" / "server.py"
runpy.run_path(str(server), run_name="__main__")
