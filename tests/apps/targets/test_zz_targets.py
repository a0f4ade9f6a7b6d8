from __future__ import annotations
import datetime as dt, json
from decimal import Decimal
from typing import Any
from luoshi.apps.indicators.models import Indicator, Observation, TargetIndicator
from luoshi.apps.notices.models import Notice
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange, Computation
from luoshi.apps.targets.queries import *
from luoshi.apps.targets.queries.totals import given_total
from luoshi.apps.targets.queries.in_force import unit_targets
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_pages import client, give, patch
from tests.apps.targets.test_actions import measured, observe, save, adopt, quarters

def test_t1(scene):
    measured_ = measured(scene)
    give(scene)
    n, s = scene.units.north, scene.units.south
    print("T1 south before:", unit_targets(s.pk, [measured_.pk], "2026-03"), given_total(scene.target, s))
    nu = scene.user("north")
    sv = actions.save_shares(acting_user=nu, target=scene.target, unit=n, revision=0, add_units=[s.pk, n.pk, scene.townships[0].pk])
    sv = actions.save_shares(acting_user=scene.user("north"), target=scene.target, unit=n, revision=sv.revision, changes=[CellChange(s.pk,"2026","99999"),CellChange(n.pk,"2026","1")])
    actions.adopt_allocation(acting_user=scene.user("north"), target=scene.target, unit=n, revision=sv.revision, reason="x")
    print("T1 south after north's gift:", [ (t.value) for t in unit_targets(s.pk, [measured_.pk], "2026-03")[measured_.pk]], given_total(scene.target, s))
    # the state re-adopts
    sv = save(scene, scene_rev(scene), changes=[CellChange(s.pk,"2026","801")])
    adopt(scene, sv.revision, "调整")
    print("T1 south after state's re-adoption (801):", [(t.value) for t in unit_targets(s.pk, [measured_.pk], "2026-03")[measured_.pk]], "given_total", given_total(scene.target, s))
    print("T1 shares of south", [(r.giver_id==n.pk, r.value) for r in shares_in_force(target_ids=[scene.target.pk], unit_ids=[s.pk])])
    print("T1 notices:", list(Notice.objects.values_list("recipient__username","title")))
    south = client(scene, "south")
    print("T1 allocations page contains 99,999:", "99,999" in south.get("/allocations").content.decode())

def scene_rev(scene):
    from luoshi.apps.targets.models import Allocation
    return Allocation.objects.get(target=scene.target, unit=scene.units.state).revision

def test_t1b_unit_without_share(scene):
    # only north gets a share from the state; north 'gives' one to a prefecture department
    ind = measured(scene)
    give(scene)
    n = scene.units.north; farm = scene.units.trade
    sv = actions.save_shares(acting_user=scene.user("north"), target=scene.target, unit=n, revision=0, add_units=[farm.pk])
    sv = actions.save_shares(acting_user=scene.user("north"), target=scene.target, unit=n, revision=sv.revision, changes=[CellChange(farm.pk,"2026","5")])
    actions.adopt_allocation(acting_user=scene.user("north"), target=scene.target, unit=n, revision=sv.revision)
    print("T1b department of the prefecture has target from a county:", unit_targets(farm.pk,[ind.pk],"2026-03"))

def test_t2_weights_leak(scene):
    give(scene)
    secret = Indicator.objects.create(key="sec", name="秘", unit_of_measure="户", kind="stock", unit_aggregation="sum", time_aggregation="last", owner=scene.units.trade)
    observe(secret, scene.units.south, "2025", "4321"); observe(secret, scene.townships[0], "2025", "1000")
    from luoshi.apps.indicators.policies import visible_observations
    nu = scene.user("north")
    print("T2 north sees:", list(visible_observations(nu).values_list("unit__key","value")))
    sv = actions.save_shares(acting_user=scene.user("north"), target=scene.target, unit=scene.units.north, revision=0, add_units=[scene.units.south.pk, scene.townships[0].pk])
    got = actions.preview_shares(acting_user=scene.user("north"), target=scene.target, unit=scene.units.north, how=Computation(units_by="weights", decimals=6, weight_indicator=secret.pk, weight_period="2025"))
    vals = {k[0]: v for k, v in got.items()}
    print("T2 recovered south:", vals[scene.units.south.pk]*1000/vals[scene.townships[0].pk])

def test_t3_rates_summed(scene):
    Target.objects.filter(pk=scene.target.pk).update(unit_of_measure="%", value=Decimal("10"))
    scene.target = Target.objects.select_related("plan__owner").get(pk=scene.target.pk)
    n = scene.units.north
    sv = save(scene, 0, add_units=[n.pk], cadence="quarterly", cumulative=False)
    sv = save(scene, sv.revision, changes=[CellChange(n.pk, f"2026Q{i}", "10") for i in (1,2,3,4)])
    adopt(scene, sv.revision)
    print("T3 given_total of a rate of 10% a quarter:", given_total(scene.target, n))
    g = allocation_grid(scene.user("north"), scene.target, n)
    print("T3 grid total:", g.total)

def test_t4_joint_progress(scene):
    ind = measured(scene)
    n, s = scene.units.north, scene.units.south
    sv = save(scene, 0, add_units=[n.pk, s.pk])
    sv = save(scene, sv.revision, changes=[CellChange(n.pk,"2026","1000")], join=[(n.pk,"2026"),(s.pk,"2026")])
    adopt(scene, sv.revision, "x")
    observe(ind, n, "2026-12", "500"); observe(ind, s, "2026-12", "500")
    p = target_progress(scene.target)
    print("T4", [(u.unit.key, u.goal, u.actual, u.completion, u.light, u.light_words, u.joint) for u in p.units])

def test_t5_fuzz_cells(scene):
    give(scene)
    o = client(scene, "office"); o.raise_request_exception = False
    n = scene.units.north.pk
    url = f"/targets/{scene.target.pk}/allocation/cells"; api = f"/api/v1/targets/{scene.target.pk}/allocation"
    rev = scene_rev(scene)
    for body in [{"revision":rev,"changes":[[n,"2026","1e30"]]},{"revision":rev,"changes":[[n,"2026","9"*60]]},{"revision":rev,"changes":[[10**30,"2026","1"]]},{"revision":rev,"changes":[[True,"2026","1"]]},{"revision":rev,"join":[[n,"x"]]},{"revision":rev,"part":[[10**30,"2026"]]},{"revision":10**30},{"revision":"x"},{"revision":rev,"unit":"\x00"},{"revision":rev,"unit":["a"]},{"revision":rev,"changes":[[n,"2026","-5"]]},{"revision":rev,"changes":[[n,"2026","0.0000001"]]},{"revision":rev,"changes":[[n,"2026","NaN"]]},{"revision":rev,"changes":[[n,"2026","\ud800"]]},{"revision":rev, "unit":"\ud800"}]:
        r = o.patch(url, json.dumps(body), content_type="application/json")
        print("T5", str(body)[:70].encode("ascii","replace"), r.status_code, r.content[:120].decode(errors="replace"))
        from luoshi.apps.targets.models import Allocation
        rev2 = scene_rev(scene)
        if rev2 != rev: rev = rev2
    for body in [{"revision":rev,"cells":[{"unit":n,"period":"2026","value":"1e30"}]},{"revision":rev,"add_units":[2**63-1]},{"revision":rev,"add_units":[2**70]},{"revision":rev,"cadence":"weekly"},{"revision":scene_rev(scene),"cadence":"ten-daily"}]:
        r = o.patch(api, json.dumps(body), content_type="application/json"); print("T5api", str(body)[:70], r.status_code, r.content[:120].decode(errors="replace"))
    for q in ["as_of=9999-12-31","as_of=0001-01-01","as_of=x","ordinal=99999999999999999999","version=abc","unit=%00","unit=nosuch","version=-1"]:
        for u in (f"/targets/{scene.target.pk}/allocation?{q}", f"/targets/{scene.target.pk}/trajectory?{q}", f"/targets/{scene.target.pk}/tiers?{q}", f"/allocations?{q}", f"/letters?{q}", f"{api}?{q}"):
            r = o.get(u)
            if r.status_code >= 500: print("T5 500", u)
