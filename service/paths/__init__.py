"""
How things of the path registry are written and proved; the registry itself is schema `paths`.

    errors      what is refused, and the names of the reasons
    notation    a path in decimal, in Base58, and as a derivation path
    pointer     class pointers: 11 characters for a class of things
    scan_url    what a tag says when it is scanned
    delegation  Ed25519: what a manufacturer's key may prove, and whether it did
    instances   whether a thing is what it claims to be

Everything here is pure. The same codecs stand in SQL, and tests hold one against the other.
"""
