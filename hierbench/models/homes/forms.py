"""The forms of the regression, by the name that `parameterization` gives them."""

from collections.abc import Mapping

from hierbench.models.contract import Form, Look, Trait

__all__ = ["FORMS"]

INDEPENDENT, CORRELATED = "independent", "correlated"
OFFSETS = ("alpha_offset", "beta_offset")
PARTIAL = ("alpha_partial", "beta_partial")
RHO = ("rho_unit",)

FORMS: Mapping[str, Form] = {
    form.name: form
    for form in (
        Form(
            "varying_sigma",
            "varying_sigma",
            ("sigma",),
            (),
            Trait.STAN | Trait.CONTROL,
            Look("#D55E00", "#c24f00", "#ff8a3d", "^"),
        ),
        Form(
            "centered",
            INDEPENDENT,
            (),
            (),
            Trait.STAN,
            Look("#0072B2", "#0072b2", "#58a9e8", "o"),
        ),
        Form(
            "noncentered",
            INDEPENDENT,
            OFFSETS,
            OFFSETS,
            Trait.STAN,
            Look("#E69F00", "#b87700", "#f0b23c", "s"),
        ),
        Form(
            "partially_centered",
            INDEPENDENT,
            PARTIAL,
            PARTIAL,
            Trait.WEIGHED,
            Look("#56B4E9", "#2d8fc9", "#8fd0f7", "v"),
        ),
        Form(
            "marginal",
            INDEPENDENT,
            (),
            (),
            Trait.INTEGRATED,
            Look("#CC79A7", "#b0578a", "#e3a3c8", "P"),
        ),
        Form(
            "correlated",
            CORRELATED,
            (),
            RHO,
            Trait.STAN,
            Look("#009E73", "#008460", "#35c79b", "D"),
        ),
        Form(
            "correlated_noncentered",
            CORRELATED,
            OFFSETS,
            (*RHO, *OFFSETS),
            Trait.NONE,
            Look("#F0E442", "#8f8400", "#f0e442", "X"),
        ),
        Form(
            "marginal_correlated",
            CORRELATED,
            (),
            RHO,
            Trait.INTEGRATED,
            Look("#5F6368", "#5f6368", "#a7adb8", "h"),
        ),
    )
}
"""The colours are Okabe and Ito's (2008), told apart by colour-blind readers, and a grey."""
