"""Whether the forms sample the right posterior: reference, agreement, sensitivity, calibration."""
