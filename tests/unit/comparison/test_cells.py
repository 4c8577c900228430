from hierbench.comparison import cell_rows
from hierbench.records import CellResult, RunStatus

RESULT = CellResult(
    name="centered",
    run_id="abc",
    status=RunStatus.FINISHED,
    metrics={"r_hat_max": 1.0},
    tags={"gate": "passed", "mlflow.user": "me"},
    params={"data": "ames"},
)


def test_cell_rows_are_flat():
    assert cell_rows([RESULT]) == [
        {
            "run_id": "abc",
            "status": "FINISHED",
            "data": "ames",
            "r_hat_max": 1.0,
            "tag.gate": "passed",
        }
    ]


def test_cell_rows_of_no_cells():
    assert cell_rows([]) == []
