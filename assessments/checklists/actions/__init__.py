"""What people do with items: answer, submit, prove, comment, assign, calculate. The only writers of this slice."""
