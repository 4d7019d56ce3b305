#!/usr/bin/env bash
# Hosts whose requirements clash with ours or each other's, each in an environment of its own: installs what is missing,
# then runs the tests that need it. `tests/hosts/run.sh [FOLDER]`; the folder keeps the environments between runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath -m "${1:-.hosts}")
python=${PYTHON:-python3}
failed=

host() { # name, requirements, arguments of pytest
    local bin="$folder/$1/bin"
    if [ ! -e "$folder/$1/.ready" ]; then
        echo "setting up $1 in $folder/$1"
        "$python" -m venv "$folder/$1"
        # shellcheck disable=SC2086
        "$bin/python" -m pip install -qq --disable-pip-version-check $2 'pytest>=9,<10' 'pytest-asyncio>=1.3,<2' 'hypothesis>=6.130,<7'
        # shellcheck disable=SC2086
        test -z "${bare:-}" || "$bin/python" -m pip install -qq --disable-pip-version-check --no-deps $bare
        # Ours last and alone: the host's pins win where both have one.
        "$bin/python" -m pip install -qq --disable-pip-version-check -e .
        # Nothing here needs torchvision, and one that was built for another torch breaks transformers' import.
        "$bin/python" -m pip uninstall -qq -y torchvision
        touch "$folder/$1/.ready"
    fi
    "$bin/python" -m pytest -q -p no:cacheprovider "${@:3}" || failed="$failed $1"
}

host light 'verifiers==0.4.0 inspect-ai==0.3.285' \
    tests/hosts/test_verifiers.py tests/hosts/test_inspect_ai.py tests/integrations/test_table.py -k 'verifiers or inspect'
host lmms 'lmms-eval==0.7.3 torch==2.13.0' tests/hosts/test_lmms_eval.py
host verl 'verl==0.9.1 torch==2.13.0' tests/hosts/test_verl.py
host swift 'ms-swift==4.6.0 torch==2.13.0' tests/hosts/test_swift.py
# What OpenRLHF requires wants a GPU; its executors do not.
bare='openrlhf==0.11.2' host openrlhf 'aiohttp>=3,<4 torch==2.13.0' tests/hosts/test_openrlhf.py
test -z "$failed" || { echo "failed:$failed"; exit 1; }
