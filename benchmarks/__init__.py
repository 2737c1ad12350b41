"""Measurements of accuracy and speed, ours and other libraries', and the certified suite."""
