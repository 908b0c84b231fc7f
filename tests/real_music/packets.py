"""What of an XMP packet is not ours."""

from __future__ import annotations

import re

RDF = rb'"http://www\.w3\.org/1999/02/22-rdf-syntax-ns#"'
# Our description declares the prefix again and has no other white space between its elements.
DESCRIPTION = re.compile(
    rb"<rdf:Description xmlns:rdf=" + RDF + rb' rdf:about="" xmlns:(?:plus|tdm|xmpRights)="[^>]*>'
    rb"<(?:plus|tdm|xmpRights):.*?</rdf:Description>")
AROUND = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>')


def foreign_part(packet: bytes) -> bytes | None:
    """The packet without our description; nothing where all of it is ours."""
    rest, count = DESCRIPTION.subn(b"", packet)
    return None if count and rest == AROUND else rest
