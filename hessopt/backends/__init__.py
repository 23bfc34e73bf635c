"""Replay: one file each turns a program into a callable."""
