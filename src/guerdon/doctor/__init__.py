"""What is installed, what a data set looks like, and which parts of a reward say nothing on it."""

from guerdon.doctor.data import Diagnosis, diagnose
from guerdon.doctor.findings import findings
from guerdon.doctor.frames import Frames, guess_frame
from guerdon.doctor.health import Health, health
from guerdon.doctor.machine import Machine, machine

__all__ = ["Diagnosis", "Frames", "Health", "Machine", "diagnose", "findings", "guess_frame", "health", "machine"]
