"""Records of metrics: those of an earlier contract stand behind the present ones."""

from hierbench.metrics import EARLIER, METRICS, better_end, in_order, metric_of


def test_earlier_metrics_are_no_present_ones():
    assert not EARLIER.keys() & METRICS.keys()
    assert [name for name, one in EARLIER.items() if one.name != name] == []


def test_earlier_metric_has_a_record_of_its_own():
    assert metric_of("ess_tail_min_11_89").unit == "draws"
    assert better_end("ess_tail_min_11_89") == 1


def test_order_is_present_then_earlier_then_others_by_name():
    last = list(METRICS)[-1]
    assert in_order(["theirs", "ess_tail_min_11_89", "a", last]) == (
        *(last, "ess_tail_min_11_89"),
        *("a", "theirs"),
    )
