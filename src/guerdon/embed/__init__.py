"""Encoders, and rewards that compare by what they encode."""
