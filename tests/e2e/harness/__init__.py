"""What the black-box suites share: a running slipwayd, a small HTTP client, uploads and reference digests.

Standard library only. Nothing here knows how slipway works inside: it speaks docs/protocol.md.
"""
