"""One file a host: how a guerdon reward goes into it, and how its own reward functions come here.

Each file imports its host when used, says in `HOST` what the host passes and withholds, and nothing else
in guerdon imports any of them: `guerdon path` and `guerdon doctor` find them by name.
"""
