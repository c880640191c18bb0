"""Whether a folder is on the disk of another machine."""

from pathlib import Path
from typing import Final

__all__ = ["network_file_system"]

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "fuse.ceph",
        "fuse.davfs",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.goofys",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "smb3",
        "smbfs",
    }
)
"""Names as Linux gives them. What virtual machines share with their host (9p, virtiofs) is one machine's disk."""


def network_file_system(folder: Path, *, mounts: Path = _MOUNTS) -> str | None:
    """Name the network file system that a folder is on; None if it is on none, or the system does not tell.

    Args:
        folder: An existing folder.
        mounts: Linux' table of mounts.
    """
    try:
        table = mounts.read_text(errors="surrogateescape")
    except OSError:
        return None
    place = folder.resolve()
    kind, longest = "", -1
    for line in table.splitlines():
        mount, _, source = line.partition(" - ")
        point = Path(_unescaped(mount.split(" ")[4]))
        if place.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = source.split(" ")[0], len(point.parts)
    return kind if kind in _NETWORK else None


def _unescaped(text: str) -> str:
    for character in " \t\n\\":
        text = text.replace(f"\\{ord(character):03o}", character)
    return text
