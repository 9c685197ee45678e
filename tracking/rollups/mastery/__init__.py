"""The mastery model: answers, skills, questions, calibration and reviews."""
