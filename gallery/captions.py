"""What the page calls each model, and says of it in a sentence; in the order in which they hang."""

CAPTIONS = {
    "cgan_mnist": ("Conditional GAN", "Ask it for a digit and it writes that one, in a hand of its own."),
    "vae_mnist": ("Variational autoencoder", "It learned to fold a digit into a few numbers and to unfold it again."),
    "stylegan_mnist": ("Style-based GAN", "A style steers every layer; the rest is noise, pixel by pixel."),
    "infogan_mnist": ("InfoGAN", "Nobody told it of digits: its codes found them, and slant and width as well."),
    "dcgan_mnist": ("Convolutional GAN", "The plain one: noise in, digit out, and a critic that compares."),
    "sngan_mnist": ("Residual GAN", "Deeper networks, kept in check by the norm of their weights."),
    "wgan_gp_mnist": ("Wasserstein GAN", "It measures how far its digits have to be carried to become real ones."),
    "vae_melody": ("Melody VAE", "It makes up tunes of two bars, and knows what lies between any two of them."),
    "gan_chorale": ("Chorale GAN", "Give it a soprano and it sets three voices below, in Bach's manner."),
    "vae_chorale": ("Chorale VAE", "Give it a soprano and it sets three voices below, in Bach's manner."),
    "gan_images": ("Adaptive GAN", "Made for few pictures: the less it has seen, the more they are varied."),
}


def caption(name):
    """(title, sentence) of a model; a model that nobody has captioned goes by its name."""
    return CAPTIONS.get(name, (name.replace("_", " "), ""))
