"""The long way: a large upload with the real client, server and client killed on the way, and many small files.

SLIPWAY_E2E_BYTES sets the size of the file (512 MiB), SLIPWAY_E2E_FILES the number of small ones (500).
"""
