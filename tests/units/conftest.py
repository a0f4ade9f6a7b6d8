"""A small invented prefecture with everything that names do over time."""

from __future__ import annotations

import pytest

from luoshi.units import UnitDirectory

UNITS = """\
key,name,short_name,kind,parent,valid_from,valid_to,succeeded_by,note
zhou,云岭彝族自治州,云岭州,prefecture,,,,,
yunjiang,云江市,云江市,county-city,zhou,,,,
qingshan,青山市,青山市,county-city,zhou,,,,county until 2021
baishui,白水县,白水县,county,zhou,,,,
hongyan,红岩县,红岩县,county,zhou,,,,
gaoxin,云岭高新技术产业开发区,云岭高新区,zone,zhou,2014,,,
baishui-yuan,白水产业园区,白水产业园区,zone,baishui,,,,
hongyan-yuan,红岩产业园区,红岩产业园区,zone,hongyan,,,,
dazhai-b,大寨镇,大寨镇,township,baishui,,,,
dazhai-h,大寨镇,大寨镇,township,hongyan,,,,
wei,中共云岭州委员会,州委,prefecture-party-organ,,,,,
fagai,云岭州发展和改革委员会,州发展改革委,prefecture-department,zhou,,,,
nengyuan,云岭州能源局,州能源局,prefecture-department,fagai,,,,
nongye-jiu,云岭州农业局,州农业局,prefecture-department,zhou,,2019-02,nongye,
nongye,云岭州农业农村局,州农业农村局,prefecture-department,zhou,2019-02,,,
wenti-jiu,云岭州文化体育局,州文体局,prefecture-department,zhou,,2019-02,wenlv;jiaoti,
wenlv,云岭州文化和旅游局,州文化和旅游局,prefecture-department,zhou,2019-02,,,
jiaoti,云岭州教育体育局,州教育体育局,prefecture-department,zhou,2019-02,,,
caizheng,云岭州财政局,州财政局,prefecture-department,zhou,,,,
renshe,云岭州人力资源和社会保障局,州人力资源和社会保障局,prefecture-department,zhou,,,,
"""
NAMES = """\
name_as_printed,key,kind,valid_from,valid_to,note
云岭州人民政府,zhou,official,,,
州人民政府,zhou,short,,,
州政府,zhou,short,,,
青山市,qingshan,official,2021-06,,
青山县,qingshan,old-name,,2021-06,
青山县人民政府,qingshan,old-name,,2021-06,
白水,baishui,alias,,,
红岩,hongyan,alias,,,
云岭开发区,gaoxin,old-name,,,
州发改委,fagai,short,,,
财政部门,caizheng,alias,,,
财政,caizheng,alias,,,
州人力资源和社会保障保障局,renshe,misprint,,,
州级有关部门,,group,,,
各产业园区,baishui-yuan;hongyan-yuan,group,,,
州民委,fagai,alias,,2015,
州民委,nengyuan,alias,2016,,
"""


@pytest.fixture(scope="session")
def directory() -> UnitDirectory:
    return UnitDirectory.from_bytes(UNITS.encode(), NAMES.encode())
