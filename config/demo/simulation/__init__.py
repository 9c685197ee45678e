"""A class that never was: made-up learners who go through real courses in front of the real intake.

Everything is drawn from a seed, so the same seed and the same moment give the same class. Nothing here writes a figure:
views go through ``tracking.capture.ingest`` as a browser's do, quizzes through ``courses.attempts`` as a form's do.

    term        the days of a term, and when its modules are due
    syllabus    a course as learners meet it, with what is hard in it
    people      names, and what a learner is like
    stories     the learners whose course goes in a way worth finding
    reading     what a tracker sees of somebody who reads
    answering   what somebody answers who knows so much
    browser     the messages of a learner's browser
    planning    when somebody comes, and for what
    knowing     what somebody knows, having read and tried so much
    learning    a learner's way through a course, visit by visit
    populating  made-up learners in a class of the platform
    playing     everybody's way, in the order of the clock, with a roll-up each week
"""
