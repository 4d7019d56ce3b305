"""Rewards as text and as data.

    0.9*boxes.iou + 0.1*format.tags(tags='think answer')

The text form is arithmetic over reward ids, calls of combinators and literals, read by a small parser
that evaluates nothing. The data form (`Reward.tree`, in YAML or JSON) says the same and is what records
keep. `from_spec(reward.spec()) == reward`, and `from_tree(reward.tree()) == reward`.
"""

from __future__ import annotations

import ast
import inspect
import io
import operator
import tokenize
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from guerdon import branch, combine, compare, normalise, shaping  # noqa: F401 - they add their combinators to OPS
from guerdon.compose import OPS, Composite, Sum
from guerdon.leaf import Leaf, LeafFactory
from guerdon.registry import lookup
from guerdon.reward import Factory, Reward, Tree
from guerdon.scores import ContractError
from guerdon.sources import load_file

MAX_CHARACTERS = 20_000
MAX_DEPTH = 40

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.RShift: operator.rshift,
}


class SpecError(ValueError):
    """A reward's text or data form cannot be read; the message quotes the place."""


def from_spec(text: str) -> Reward:
    """The reward that a text form, a YAML file, or `file.py:name` describes.

    Raises SpecError where it cannot be read, ContractError for an unknown reward.
    """
    path, colon, name = text.strip().rpartition(":")
    if colon and path.endswith(".py") and name.isidentifier():
        return _from_file(path, name)
    if text.strip().endswith((".yaml", ".yml")):
        return from_yaml(_file(text.strip()).read_text(encoding="utf-8"))
    return _Text(text).read()


def from_yaml(text: str) -> Reward:
    """The reward of a YAML (or JSON) document in the data form. Raises SpecError."""
    import yaml

    if len(text) > MAX_CHARACTERS:
        raise SpecError(f"a spec of {len(text)} characters; at most {MAX_CHARACTERS} are read")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise SpecError("YAML aliases are not read in specs: write the part out")
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise SpecError(f"not YAML: {error}") from error
    return from_tree(tree)


def to_yaml(reward: Reward) -> str:
    """The data form with every setting, as YAML."""
    import yaml

    return str(yaml.safe_dump(reward.tree(), sort_keys=False, allow_unicode=True))


def from_tree(tree: Any, depth: int = 0) -> Reward:
    """The reward of a data form; a string within it is read as text. Raises SpecError."""
    if depth > MAX_DEPTH:
        raise SpecError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(tree, str):
        return _Text(tree).read()
    if not isinstance(tree, Mapping) or ("reward" in tree) == ("op" in tree):
        raise SpecError(f"expected a mapping with either 'reward' or 'op', not {tree!r:.80}")
    unknown = set(tree) - {"reward", "op", "of", "settings", "reading", "name"}
    if unknown:
        raise SpecError(f"unknown key {min(map(str, unknown))!r} in a spec; settings go under 'settings'")
    settings = {str(k): _tuples(v) for k, v in _held(tree, "settings", Mapping, {}).items()}
    made: Reward
    if "reward" in tree:
        made = _build(lookup(str(tree["reward"])), (), settings)
        reading = {str(k): str(v) for k, v in _held(tree, "reading", Mapping, {}).items()}
        made = _build(made.reading, (), reading) if reading else made
    else:
        arguments = [_argument(a, depth + 1) for a in _held(tree, "of", (list, tuple), ())]
        made = _build(_combinator(str(tree["op"])), arguments, settings)
    return _build(made.named, (str(tree["name"]),), {}) if tree.get("name") is not None else made


def _held(tree: Mapping[str, Any], key: str, kind: Any, default: Any) -> Any:
    value = default if tree.get(key) is None else tree[key]
    if not isinstance(value, kind):
        raise SpecError(f"{key!r} in a spec is a {type(value).__name__}: {value!r:.80}")
    return value


def to_text(reward: Reward) -> str:
    """The text form; settings at their defaults and the newest version are left out."""
    text = _unnamed_text(reward)
    return f"named({text}, {reward.label!r})" if reward.label is not None else text


def _unnamed_text(reward: Reward) -> str:
    if isinstance(reward, Leaf):
        return _leaf_text(reward)
    if isinstance(reward, Sum):
        return _sum_text(reward)
    if isinstance(reward, Composite):
        arguments = [_argument_text(a) for a in reward.arguments()]
        defaults = inspect.signature(OPS[reward.op]).parameters
        shown = {k: v for k, v in reward.settings.items() if k in defaults and v != defaults[k].default}
        hidden = {"cases"} if reward.op == "route" else set()
        return f"{reward.op}({', '.join([*arguments, *(f'{k}={v!r}' for k, v in shown.items() if k not in hidden)])})"
    tree = reward.tree()
    settings = ", ".join(f"{k}={v!r}" for k, v in tree.get("settings", {}).items())
    return f"{tree.get('reward', type(reward).__name__)}" + (f"({settings})" if settings else "")


def _leaf_text(leaf: Leaf) -> str:
    factory = leaf.factory
    version = "" if lookup(factory.id) is factory else f"@{factory.version}"
    shown = [f"{k}={v!r}" for k, v in leaf.settings.items() if v != _frozen_default(factory, k)]
    text = factory.id + version + (f"({', '.join(shown)})" if shown else "")
    renames = ", ".join(f"{k}={v!r}" for k, v in leaf.renames.items())
    return f"reading({text}, {renames})" if renames else text


def _frozen_default(factory: LeafFactory, name: str) -> Any:
    return _tuples(factory.settings[name])


def _sum_text(total: Sum) -> str:
    terms = []
    for child, weight in zip(total.children, total.weights, strict=True):
        bare = weight == 1.0 and len(total.children) > 1
        text = to_text(child) if not isinstance(child, Sum) or child.label else f"({to_text(child)})"
        terms.append(text if bare else f"{weight!r}*{text}")
    return " + ".join([*terms, repr(total.constant)] if total.constant else terms)


def _argument_text(argument: Any) -> str:
    if isinstance(argument, Mapping):
        return "{" + ", ".join(f"{case!r}: {to_text(reward)}" for case, reward in argument.items()) + "}"
    return to_text(argument)


class _Text:
    """Reads one text form."""

    def __init__(self, text: str):
        if len(text) > MAX_CHARACTERS:
            raise SpecError(f"a spec of {len(text)} characters; at most {MAX_CHARACTERS} are read")
        self.text = text.strip()
        self.ids: dict[str, str] = {}

    def read(self) -> Reward:
        try:
            node = ast.parse(self._with_placeholders(), mode="eval").body
        except (SyntaxError, tokenize.TokenError, ValueError, RecursionError, MemoryError) as error:
            raise SpecError(f"cannot read the reward {self.text!r:.120}: {error}") from error
        made = self._value(node, 0)
        if not isinstance(made, Reward):
            raise SpecError(f"{self.text!r:.120} is a number, not a reward")
        return made

    def _with_placeholders(self) -> str:
        """The text with every dotted id as one name, since Python would read `2*a.b@1` as `(2*a.b)@1`."""
        tokens = [t for t in tokenize.generate_tokens(io.StringIO(self.text).readline) if t.string.strip()]
        out: list[str] = []
        i = 0
        while i < len(tokens):
            token, i = tokens[i], i + 1
            text = token.string
            if token.type == tokenize.NAME:
                while i + 1 < len(tokens) and tokens[i].string == "." and tokens[i + 1].type == tokenize.NAME:
                    text, i = f"{text}.{tokens[i + 1].string}", i + 2
                if i + 1 < len(tokens) and tokens[i].string == "@" and tokens[i + 1].string.isdigit():
                    text, i = f"{text}@{tokens[i + 1].string}", i + 2
                if "." in text:
                    placeholder = f"_id{len(self.ids)}"
                    self.ids[placeholder], text = text, placeholder
            out.append(text)
        return " ".join(out)

    def _value(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise SpecError(f"nested deeper than {MAX_DEPTH}")
        match node:
            case ast.BinOp():
                return self._chain(node, depth)
            case ast.UnaryOp(ast.USub(), operand):
                return -self._value(operand, depth + 1)
            case ast.Name(name) if name in self.ids:
                return _build(lookup(self.ids[name]), (), {})
            case ast.Call(ast.Name(name), args, keywords) if all(k.arg for k in keywords):
                settings = {str(k.arg): self._literal(k.value) for k in keywords}
                if name in self.ids:
                    return _build(lookup(self.ids[name]), [self._literal(a) for a in args], settings)
                arguments = [self._argument(a, depth + 1) for a in args]
                return _build(_combinator(name), arguments, settings)
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                return number
        raise SpecError(f"cannot read {ast.unparse(node)!r:.80} in {self.text!r:.120}")

    def _chain(self, node: ast.expr, depth: int) -> Any:
        """Arithmetic, which nests to the left: a sum of many terms is long, not deep."""
        rest = []
        while isinstance(node, ast.BinOp):
            if type(node.op) not in ARITHMETIC:
                raise SpecError(f"cannot read {ast.unparse(node)!r:.80} in {self.text!r:.120}")
            rest.append((ARITHMETIC[type(node.op)], node.right))
            node = node.left
        value = self._value(node, depth + 1)
        for operation, right in reversed(rest):
            value = _applied(operation, value, self._value(right, depth + 1))
        return value

    def _argument(self, node: ast.expr, depth: int) -> Any:
        if isinstance(node, ast.Dict):
            cases = [self._literal(k) for k in node.keys if k]  # None stands for **
            if len(set(cases)) < len(node.values):
                raise SpecError(f"cases are written once each and in full: {ast.unparse(node)!r:.80}")
            return {case: self._value(v, depth) for case, v in zip(cases, node.values, strict=True)}
        if isinstance(node, (ast.Constant, ast.Tuple, ast.List)):
            return self._literal(node)
        return self._value(node, depth)

    def _literal(self, node: ast.expr) -> Any:
        try:
            return _tuples(ast.literal_eval(node))
        except (ValueError, TypeError, MemoryError, RecursionError) as error:
            raise SpecError(f"{ast.unparse(node)!r:.80} in {self.text!r:.120} is not a literal") from error


def _argument(tree: Any, depth: int) -> Any:
    if not isinstance(tree, Mapping) or set(tree) != {"cases"}:
        return from_tree(tree, depth)
    cases = {}
    for pair in _held(tree, "cases", (list, tuple), ()):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not isinstance(pair[0], (str, int)):
            raise SpecError(f"a case is [text or whole number, reward], not {pair!r:.80}")
        cases[pair[0]] = from_tree(pair[1], depth)
    return cases


def _build(make: Callable[..., Reward], arguments: Any, settings: Mapping[str, Any]) -> Reward:
    try:
        return make(*arguments, **settings)
    except ContractError:
        raise
    except (TypeError, ValueError, ArithmeticError) as error:
        raise SpecError(str(error)) from error


def _applied(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    try:
        return operation(a, b)
    except ContractError:
        raise
    except (TypeError, ValueError, ArithmeticError) as error:
        raise SpecError(str(error)) from error


def _combinator(name: str) -> Callable[..., Reward]:
    if name not in OPS:
        raise SpecError(f"{name!r} is neither a reward id (they have a dot) nor one of {', '.join(sorted(OPS))}")
    return OPS[name]


def _from_file(path: str, name: str) -> Reward:
    found = getattr(load_file(_file(path)), name, None)
    if isinstance(found, Factory):
        found = found()  # type: ignore[operator]
    if not isinstance(found, Reward):
        raise SpecError(f"{path} has no reward called {name!r}")
    return found


def _file(path: str) -> Path:
    if not Path(path).is_file():
        raise SpecError(f"there is no file {path}")
    return Path(path)


def _tuples(value: Any) -> Any:
    """Lists as tuples, all the way down, as settings hold them."""
    if isinstance(value, (list, tuple)):
        return tuple(_tuples(v) for v in value)
    return {k: _tuples(v) for k, v in value.items()} if isinstance(value, dict) else value


__all__ = ["SpecError", "Tree", "from_spec", "from_tree", "from_yaml", "to_text", "to_yaml"]
