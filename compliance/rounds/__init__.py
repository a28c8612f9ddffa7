"""Rounds of questions from the authority: letter, questions, answers, reply."""
