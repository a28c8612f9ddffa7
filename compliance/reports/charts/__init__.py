"""Charts: option objects for screen and paper, and the node process that draws them for paper."""
