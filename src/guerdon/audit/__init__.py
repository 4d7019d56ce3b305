"""Find out whether a reward can be trusted, whatever is inside it.

from guerdon.audit import audit

found = audit(reward)  # or audit(reward, rows)
found.failed, found["attack.shotgun"].detail

Every check asks one question and answers pass, weak, fail or not applicable, with the share it measured.
`@check` and `@attack` add your own.
"""

from guerdon.audit import bias, contract, hostile, sense  # noqa: F401 - families in the order of the report  # noqa: F401
from guerdon.audit.attacks import Pool, attack
from guerdon.audit.check import Check, Finding, check, checks
from guerdon.audit.run import Audit, audit
from guerdon.audit.subject import Subject
from guerdon.audit.trials import Trial

__all__ = ["Audit", "Check", "Finding", "Pool", "Subject", "Trial", "attack", "audit", "check", "checks"]
