"""Pages of HTML that stand alone: their tree, their cells, their style and scripts."""
