# fails: no-answer
# mistake: soup-not-ordered
# hint: never asked for soup
import pathlib
import runpy

root = pathlib.Path(__file__).parents[4]
server = root / "solutions" / "16-python-on-the-other-side" / "server.py"
runpy.run_path(str(server), run_name="__main__")
