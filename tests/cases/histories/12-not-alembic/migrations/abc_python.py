"""not ours"""
