"""The report: what a trained model is saved, shown, exported, measured and described as."""
