"""Verifiable rewards: rules that read a response and check it, one family a file."""
