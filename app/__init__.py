"""The core of Fen: earning, counting and tracking points. ARCHITECTURE.md explains the tree."""
