"""Settings: what a recipe can be told, as frozen dataclasses; at a recipe's front door their fields become flags."""

from recipes.settings.adversarial import GameSettings, GANSettings, HarmonySettings, PlayersSettings
from recipes.settings.budget import Budget
from recipes.settings.drums import DrumData, DrumSettings
from recipes.settings.extractor import ExtractorSettings
from recipes.settings.field import group, setting
from recipes.settings.images import ImageData
from recipes.settings.latent_codes import CodeSettings
from recipes.settings.machine import Machine
from recipes.settings.music import MusicData
from recipes.settings.quality import Quality
from recipes.settings.run import Run
from recipes.settings.training import Training
from recipes.settings.variational import LikelihoodSettings, VAESettings

__all__ = [
    "Budget",
    "CodeSettings",
    "DrumData",
    "DrumSettings",
    "ExtractorSettings",
    "GANSettings",
    "GameSettings",
    "HarmonySettings",
    "ImageData",
    "LikelihoodSettings",
    "Machine",
    "MusicData",
    "PlayersSettings",
    "Quality",
    "Run",
    "Training",
    "VAESettings",
    "group",
    "setting",
]
