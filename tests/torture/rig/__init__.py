"""What the torture suites share: a load, the client's ledger, a judge of what a crash left, and ways to break things.

Standard library only, over the harness of tests/e2e. All that is known of slipway's inside is docs/on-disk-format.md:
where a blob lies, so that bytes are read from the disk and not believed.
"""
