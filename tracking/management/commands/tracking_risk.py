"""``manage.py tracking_risk``: train the risk model on finished courses, show its accuracy, enable or disable it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking.models import RiskModel
from tracking.risk import assessment, training


class Command(BaseCommand):
    help = (
        "Train a model that predicts who will not finish, on this site's own courses; "
        "show its accuracy; enable or disable it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument(
            "--train", action="store_true", help="train on every finished course; the model stays disabled"
        )
        choice.add_argument(
            "--show", action="store_true", help="show the accuracy of the latest model, and what is enabled"
        )
        choice.add_argument(
            "--enable", action="store_true", help="enable the latest model, if it beats the score"
        )
        choice.add_argument(
            "--disable", action="store_true", help="disable the model, and use the score again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["train"]:
            self._train()
        elif options["disable"]:
            count = training.disable_models()
            self.stdout.write("The score is used again." if count else "No model was enabled.")
        else:
            self._show_last(is_enabling=options["enable"])

    def _train(self) -> None:
        try:
            model = training.train_model(now=timezone.now())
        except training.NotEnoughData as error:
            raise CommandError(str(error)) from error
        self._show(model)

    def _show_last(self, *, is_enabling: bool) -> None:
        model = RiskModel.objects.order_by("-trained_at", "-pk").first()
        if model is None:
            raise CommandError("No model has been trained yet. Run tracking_risk --train.")
        self._show(model)
        if is_enabling:
            try:
                training.enable_model(model)
            except training.NotMeasured as error:
                raise CommandError(str(error)) from error
        on = assessment.enabled_model()
        self.stdout.write(
            f"Enabled: the model of {on.trained_at:%Y-%m-%d %H:%M}." if on else "Enabled: the score."
        )

    def _show(self, model: RiskModel) -> None:
        courses = len(model.course_keys)
        self.stdout.write(
            f"Trained {model.trained_at:%Y-%m-%d %H:%M} on {model.learner_count} learners of "
            f"{courses} finished course{'' if courses == 1 else 's'}; accuracy on the data "
            "left out:"
        )
        self.stdout.write(f"{'day':>5}{'learners':>10}{'lost':>7}{'AUC':>8}{'score':>8}")
        for each in model.accuracy:
            areas = (each["auc"], each["score_auc"])
            shown = "".join(f"{'n/a' if area is None else f'{area:.3f}':>8}" for area in areas)
            self.stdout.write(f"{each['day']:>5}{each['n']:>10}{each['lost']:>7}{shown}")
