"""Puts small changes into a Python program, all at once, for mutants.ts.

Reads the program from standard input. Prints an object: `content` is the program with its mutants in
it, of which the variable that Stryker uses switches one on; `mutants` lists them. The kinds of change,
and their names, are Stryker's: https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators
"""

import ast
import copy
import json
import sys

HEADER = """
def _is_mutant(id):
    import os
    return os.environ.get("__STRYKER_ACTIVE_MUTANT__") == id
"""

OTHER_COMPARISONS = {
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}

OTHER_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}


class Mutator(ast.NodeTransformer):
    def __init__(self, source):
        self.source = source
        self.mutants = []

    def id_of(self, node, mutator, became):
        id = f"python-{len(self.mutants)}"
        self.mutants.append(
            {
                "id": id,
                "line": node.lineno,
                "mutator": mutator,
                "lastLine": node.end_lineno,
                "from": ast.get_source_segment(self.source, node),
                "to": became,
            }
        )
        return id

    def either(self, node, *others):
        """The node, or another expression if that is the mutant at work."""
        self.generic_visit(node)
        result = node
        for mutator, other in others:
            id = self.id_of(node, mutator, ast.unparse(other))
            result = ast.IfExp(test=is_mutant(id), body=other, orelse=result)
        return result

    def tested(self, node):
        """What is tested is true, or false."""
        found = node.test
        node = self.generic_visit(node)
        for value in (True, False):
            id = self.id_of(found, "ConditionalExpression", str(value))
            node.test = ast.IfExp(
                test=is_mutant(id), body=ast.Constant(value), orelse=node.test
            )
        return node

    visit_If = visit_IfExp = visit_While = tested

    def visit_Compare(self, node):
        others = []
        for index, operator in enumerate(node.ops):
            for kind in OTHER_COMPARISONS[type(operator)]:
                other = copy.deepcopy(node)
                other.ops[index] = kind()
                others.append(("EqualityOperator", other))
        return self.either(node, *others)

    def visit_BoolOp(self, node):
        other = copy.deepcopy(node)
        other.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return self.either(node, ("LogicalOperator", other))

    def visit_UnaryOp(self, node):
        if not isinstance(node.op, ast.Not):
            return self.generic_visit(node)
        return self.either(node, ("BooleanLiteral", copy.deepcopy(node.operand)))

    def visit_BinOp(self, node):
        kind = OTHER_ARITHMETIC.get(type(node.op))
        if kind is None:
            return self.generic_visit(node)
        other = copy.deepcopy(node)
        other.op = kind()
        return self.either(node, ("ArithmeticOperator", other))

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            return self.either(node, ("BooleanLiteral", ast.Constant(not node.value)))
        if isinstance(node.value, str):
            other = "" if node.value else "Stryker was here!"
            return self.either(node, ("StringLiteral", ast.Constant(other)))
        return node

    def visit_JoinedStr(self, node):
        # Its parts are texts as well, of which no expression can take the place.
        id = self.id_of(node, "StringLiteral", "''")
        return ast.IfExp(test=is_mutant(id), body=ast.Constant(""), orelse=node)

    def visit_Dict(self, node):
        if not node.values:
            return node
        found = copy.deepcopy(node)
        # A key belongs to what the whole is.
        node.values = [self.visit(value) for value in node.values]
        id = self.id_of(found, "ObjectLiteral", "{}")
        return ast.IfExp(
            test=is_mutant(id), body=ast.Dict(keys=[], values=[]), orelse=node
        )

    def visit_FunctionDef(self, node):
        first = node.body[0]
        told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        id = self.id_of(node, "BlockStatement", "pass")
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        body = [self.visit(one) for one in node.body[int(told) :]]
        nothing = ast.If(test=is_mutant(id), body=[ast.Return(None)], orelse=[])
        node.body = [nothing, *body]
        return node

    def visit_Module(self, node):
        node.body = [one if is_text(one) else self.visit(one) for one in node.body]
        return node

    visit_ClassDef = visit_Module

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node


def is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_future(node):
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def is_mutant(id):
    return ast.Call(
        func=ast.Name("_is_mutant", ast.Load()), args=[ast.Constant(id)], keywords=[]
    )


source = sys.stdin.read()
mutator = Mutator(source)
tree = mutator.visit(ast.parse(source))
# Nothing may stand before these, but for a text about the program.
first = [one for one in tree.body if is_text(one) or is_future(one)]
rest = [one for one in tree.body if one not in first]
tree.body = [*first, *ast.parse(HEADER).body, *rest]
content = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
json.dump({"content": content, "mutants": mutator.mutants}, sys.stdout)
