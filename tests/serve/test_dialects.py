"""The dialects, spoken to a running service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from guerdon.serve.limits import Refused
from guerdon.serve.openrlhf import row

from .conftest import Served, serving
