"""What a type checker sees of `import nncalc`; a test holds it to the names of __init__.py."""

from nncalc.errors import InputError as InputError
from nncalc.limits import Limits as Limits
from nncalc.limits import Permissions as Permissions
from nncalc.limits import Permissions as Rules  # noqa: F401  (its name until 0.1)
from nncalc.marking.check import check as check
from nncalc.marking.marks import Marks as Marks
from nncalc.problem.problem import Problem as Problem
from nncalc.problem.problem import load as load
from nncalc.problem.problem import loads as loads
from nncalc.running import solve as solve
from nncalc.trace.rounding import exact as exact
from nncalc.trace.rounding import on_paper as on_paper
from nncalc.trace.steps import Trace as Trace

__version__: str
