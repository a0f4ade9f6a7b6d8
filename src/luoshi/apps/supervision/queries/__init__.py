"""Every read of supervision that joins or counts."""

from luoshi.apps.supervision.queries.duties import duty_board, duty_list, duty_log, own_holders
from luoshi.apps.supervision.queries.laggards import laggards, measured_targets
from luoshi.apps.supervision.queries.orders import OrderFilter, open_orders, order_counts, order_list, orders_about
from luoshi.apps.supervision.queries.pages import order_page, order_timeline, replayed, visible_order
from luoshi.apps.supervision.queries.results import results
from luoshi.apps.supervision.queries.today import bench_part, today

__all__ = [
    "OrderFilter",
    "bench_part",
    "duty_board",
    "duty_list",
    "duty_log",
    "laggards",
    "measured_targets",
    "open_orders",
    "order_counts",
    "order_list",
    "order_page",
    "order_timeline",
    "orders_about",
    "own_holders",
    "replayed",
    "results",
    "today",
    "visible_order",
]
