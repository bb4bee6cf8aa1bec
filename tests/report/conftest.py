"""A rich sample report: every block and chart, gaps, bounds, long names, hostile text, short and long tables."""

import math
from decimal import Decimal

import pytest

from hetao.report import tiles
from hetao.report.model import (
    BarChart,
    CapNode,
    CapTree,
    Cell,
    Column,
    LineChart,
    Paragraph,
    Point,
    Reference,
    Report,
    Section,
    Series,
    SourceNote,
    Step,
    Table,
    Tile,
    TileMap,
    Waterfall,
)
from hetao.text import Text

PROVINCES = {
    "110000": ("北京", "Beijing"),
    "120000": ("天津", "Tianjin"),
    "130000": ("河北", "Hebei"),
    "140000": ("山西", "Shanxi"),
    "150000": ("内蒙古", "Inner Mongolia"),
    "210000": ("辽宁", "Liaoning"),
    "220000": ("吉林", "Jilin"),
    "230000": ("黑龙江", "Heilongjiang"),
    "310000": ("上海", "Shanghai"),
    "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"),
    "340000": ("安徽", "Anhui"),
    "350000": ("福建", "Fujian"),
    "360000": ("江西", "Jiangxi"),
    "370000": ("山东", "Shandong"),
    "410000": ("河南", "Henan"),
    "420000": ("湖北", "Hubei"),
    "430000": ("湖南", "Hunan"),
    "440000": ("广东", "Guangdong"),
    "450000": ("广西", "Guangxi"),
    "460000": ("海南", "Hainan"),
    "500000": ("重庆", "Chongqing"),
    "510000": ("四川", "Sichuan"),
    "520000": ("贵州", "Guizhou"),
    "530000": ("云南", "Yunnan"),
    "540000": ("西藏", "Tibet"),
    "610000": ("陕西", "Shaanxi"),
    "620000": ("甘肃", "Gansu"),
    "630000": ("青海", "Qinghai"),
    "640000": ("宁夏", "Ningxia"),
    "650000": ("新疆", "Xinjiang"),
    "710000": ("台湾", "Taiwan"),
    "810000": ("香港", "Hong Kong"),
    "820000": ("澳门", "Macao"),
}
LEAGUES = {
    "150600": ("鄂尔多斯市", "Ordos"),
    "150800": ("巴彦淖尔市", "Bayannur"),
    "150300": ("乌海市", "Wuhai"),
    "152900": ("阿拉善盟", "Alxa League"),
    "150200": ("包头市", "Baotou"),
    "150100": ("呼和浩特市", "Hohhot"),
}
VOLUME = Text("亿m³", "10⁸ m³")
USE = {2003: 53.1, 2004: 57.4, 2005: 61.2, 2006: 60.5, 2007: 59.8, 2008: 56.9, 2009: 62.3, 2010: 60.1, 2011: 59.0}
USE |= {2014: 61.9, 2015: 58.1, 2016: 55.3, 2017: 54.4}
NASTY = "<script>alert('x')</script>&\"{b}"


def wave(index, year):
    return round(1 + 0.08 * math.sin(index * 1.7 + year * 0.9), 4)


@pytest.fixture(scope="session")
def charts():
    years = range(2003, 2018)
    names = [("宁夏", "Ningxia"), ("甘肃", "Gansu"), ("陕西", "Shaanxi"), ("山西", "Shanxi"), ("青海", "Qinghai")]
    points = tuple(
        Point(y, USE.get(y), ("yr",), None if y in USE else Text("公报未载", "not published")) for y in years
    )
    use = Series(Text("内蒙古", "Inner Mongolia"), points, "focus")
    others = tuple(
        Series(Text(*n), tuple(Point(y, round(28 + 7 * i + 3 * math.sin(y + i), 2), ("yr",)) for y in years), "peer")
        for i, n in enumerate(names)
    )
    line = LineChart(
        "use",
        Text("黄河地表水耗水量与分水指标", "Surface consumption of Yellow River water and the share"),
        VOLUME,
        (use, *others),
        (Reference(Text("1987 年分水指标 58.6", "Share of 1987: 58.6"), 58.6),),
        Text("公报口径：地表水耗水量。", "Basis: surface water consumption."),
    )
    path = [wave(1, y) for y in years]
    band = LineChart(
        "tfp",
        Text("绿色全要素生产率指数", "Green total factor productivity index"),
        Text("", ""),
        (
            Series(
                Text("内蒙古", "Inner Mongolia"),
                tuple(Point(y, v, ("panel",)) for y, v in zip(years, path, strict=True)),
                "focus",
                tuple(v - 0.03 for v in path),
                tuple(v + 0.03 for v in path),
            ),
            *(
                Series(Text(*n), tuple(Point(y, wave(i + 2, y), ("panel",)) for y in years))
                for i, n in enumerate(names[:3])
            ),
            Series(Text("目标下限", "Lower target"), tuple(Point(y, 0.95) for y in years), "limit"),
        ),
    )
    rules = [
        ("比例", "Proportional"),
        ("受限等额获得", "Constrained equal awards"),
        ("受限等额损失", "Constrained equal losses"),
    ]
    bars = BarChart(
        "rules",
        Text("各规则下的分解", "Break-down under each rule"),
        VOLUME,
        {key: Text(*name) for key, name in LEAGUES.items()},
        tuple(
            Series(
                Text(*rule),
                tuple(
                    Point(key, None if (i, r) == (3, 2) else round(30 / (i + 1) + 2 * r, 3), ("plan",))
                    for i, key in enumerate(LEAGUES)
                ),
            )
            for r, rule in enumerate(rules)
        ),
    )
    lying = BarChart(
        "cost",
        Text("节水改造单方水成本", "Unit cost of retrofits"),
        Text("元/m³", "yuan/m³"),
        {
            "a": Text(
                "河套灌区下游渠系衬砌与田间滴灌配套改造工程（二期）",
                "Canal lining and drip irrigation, lower Hetao district, phase II",
            ),
            "b": Text("钢铁厂循环水", "Steel works recycling"),
            "c": Text("再生水回用", "Reclaimed water"),
        },
        (
            Series(
                Text("成本", "Cost"),
                (Point("a", 151.5, ("plan",)), Point("b", 62.5), Point("c", 95.0)),
                "focus",
                (120.0, 50.0, None),
                (180.0, 80.0, None),
            ),
        ),
        horizontal=True,
        references=(Reference(Text("水价", "Tariff"), 70.0),),
    )
    stacked = BarChart(
        "stack",
        Text("用水结构", "Use by sector"),
        VOLUME,
        {},
        tuple(
            Series(Text(*n), tuple(Point(y, 40 / (i + 1) + 0.5 * (y - 2015)) for y in (2015, 2016, 2017)))
            for i, n in enumerate(
                [("农业", "Agriculture"), ("工业", "Industry"), ("生活", "Households"), ("生态", "Ecology")]
            )
        ),
        stacked=True,
    )
    waterfall = Waterfall(
        "parts",
        Text("内蒙古生产率变动的来源 2000–2017", "What moved Inner Mongolia's productivity, 2000–2017"),
        Text("指数", "index"),
        (
            Step(Text("2000 年", "2000"), 1.0, "level"),
            Step(Text("效率变动", "Efficiency change"), -0.041),
            Step(Text("技术变动", "Technical change"), 0.187, note=Text("主要在 2006 年以前", "mostly before 2006")),
            Step(Text("规模变动", "Scale change"), 0.012),
            Step(Text("2017 年", "2017"), 1.158, "level"),
        ),
    )
    crossing = Waterfall(
        "crossing",
        Text("越过零线的瀑布图", "A waterfall that crosses zero"),
        Text("百分点", "points"),
        (
            Step(Text("甲", "A"), 2.0),
            Step(Text("乙", "B"), -5.0),
            Step(Text("丙", "C"), 1.5),
            Step(Text("合计", "Sum"), -1.5, "level"),
        ),
    )
    spots = tiles.place(PROVINCES)
    country = TileMap(
        "map",
        Text("各省平均绿色全要素生产率指数", "Mean green productivity index by province"),
        Text("指数", "index"),
        tuple(
            Tile(
                key,
                Text(*name),
                *spots[key],
                None if key in ("540000", "710000", "810000", "820000") else wave(int(key[:2]), 2017),
                Text("面板不含该地区", "not in the panel") if key in ("540000", "710000", "810000", "820000") else None,
                ("panel",),
                key == "150000",
            )
            for key, name in PROVINCES.items()
        ),
        middle=1.0,
    )
    shades = TileMap(
        "league-map",
        Text("各盟市分得水量", "Water allotted by league"),
        VOLUME,
        tuple(
            Tile(key, Text(*name), *tiles.place(LEAGUES)[key], float(i))
            for i, (key, name) in enumerate(LEAGUES.items())
        ),
        digits=1,
    )
    children = tuple(
        CapNode(
            Text(*name),
            cap,
            used,
            sources=("plan",),
            children=tuple(
                CapNode(Text(f"{name[0]}第{n}旗", f"{name[1]} banner {n}"), cap / 4 if cap else None)
                for n in range(1, 3)
            ),
        )
        for name, cap, used in zip(
            LEAGUES.values(), (7.0, 40.0, 0.5, 0.5, 5.5, None), (6.1, 43.4, 0.5, None, 4.9, 3.6), strict=True
        )
    )
    tree = CapTree(
        "tree",
        Text("黄河分水指标的分解与使用", "The Yellow River share, broken down and used"),
        VOLUME,
        CapNode(
            Text("内蒙古自治区", "Inner Mongolia"),
            58.6,
            61.9,
            note=Text("地表水耗水口径", "surface consumption"),
            sources=("yr",),
            children=children,
        ),
    )
    found = (line, band, bars, lying, stacked, waterfall, crossing, country, shades, tree)
    return {chart.key: chart for chart in found}


def tables():
    banners = Table(
        "banners",
        Text("103 个旗县区的分解", "The break-down to 103 banners"),
        (
            Column("name", Text("旗县区", "Banner")),
            Column("year", Text("年份", "Year"), kind="year"),
            Column("claim", Text("需求", "Claim"), Text("万m³", "10⁴ m³"), kind="number", digits=1),
            Column("share", Text("分得", "Award"), Text("万m³", "10⁴ m³"), kind="number", digits=2),
            Column("status", Text("状态", "Status")),
        ),
        tuple(
            (
                Cell(Text(f"第 {i} 旗（示例）", f"Banner {i} (example)")),
                Cell(2023),
                Cell(
                    None if i % 17 == 0 else 1234.5 * i,
                    () if i % 17 == 0 else ("plan",),
                    note=Text("无用水记录", "no recorded use") if i % 17 == 0 else None,
                ),
                Cell(1 / 3 * i * 1000, ("plan", "yr"), f"claims.csv，第 {i} 行"),
                Cell(Text("达标", "met"), tone="good") if i % 3 else Cell(Text("超用", "overdrawn"), tone="bad"),
            )
            for i in range(1, 104)
        ),
        note=Text("示例，不是官方分解。", "An example, not the official break-down."),
    )
    wide = Table(
        "targets",
        Text("目标与实际", "Targets and actuals"),
        (
            Column("target", Text("指标", "Indicator")),
            *(Column(f"y{y}", Text(f"{y} 年", str(y)), Text("%", "%"), "number", 2) for y in range(2018, 2026)),
            Column("state", Text("判断", "Judgement")),
        ),
        tuple(
            (
                Cell(Text(*name)),
                *(Cell(None if y > 2023 else Decimal("-12.76") + y % 5, ("tour",)) for y in range(2018, 2026)),
                Cell(Text(*state), tone=tone),
            )
            for name, state, tone in (
                (
                    (
                        "万元国内生产总值用水量比二〇二〇年下降（内蒙古自治区水利厅口径）",
                        "Water use per 10⁴ yuan of GDP, change on 2020 (Water Resources Department basis)",
                    ),
                    ("未达到", "missed"),
                    "bad",
                ),
                (
                    ("农田灌溉水有效利用系数", "Effective utilisation of irrigation water"),
                    ("按期推进", "on course"),
                    "good",
                ),
                (("再生水利用率", "Reuse of reclaimed water"), ("落后", "behind"), "warning"),
                (("高标准农田", "High-standard farmland"), ("未报告", "not reported"), "muted"),
            )
        ),
    )
    one = Table(
        "one",
        Text("总计（一行）", "Total (one row)"),
        (Column("k", Text("项目", "Item")), Column("v", Text("水量", "Volume"), Text("m³", "m³"), "number")),
        ((Cell("A"), Cell(19_630_000_000)),),
    )
    nasty = Table(
        NASTY,
        Text(NASTY, NASTY),
        (Column("a", Text(NASTY, "=1+1")), Column("b", Text("值", "value"), kind="number")),
        ((Cell(NASTY, ("nasty",), NASTY), Cell(-0.00012345)), (Cell("=cmd|' /C calc'!A0"), Cell(None))),
        folded=True,
    )
    return banners, wide, one, nasty


@pytest.fixture(scope="session")
def report(charts):
    banners, wide, one, nasty = tables()
    sources = {
        "yr": SourceNote(
            "yr", "水利部黄河水利委员会", "《黄河水资源公报》2003–2017", "2018", "https://example.org/bulletin"
        ),
        "panel": SourceNote("panel", "国家统计局", "《中国统计年鉴》", "2018-10", "", "资本存量按永续盘存法推算"),
        "plan": SourceNote("plan", "内蒙古自治区水利厅", "《“十四五”节水规划》", "2021"),
        "tour": SourceNote(
            "tour", "鄂尔多斯市人民政府", "《旅游业高质量发展三年行动方案》", "2023", "javascript:alert(1)"
        ),
        "nasty": SourceNote("nasty", NASTY, NASTY, NASTY, NASTY),
    }
    section = Section(
        "measure",
        Text("测算", "Measure"),
        Text("生产率怎样变化，由什么推动？", "How has productivity changed, and what moved it?"),
        Text(
            "2000–2017 年内蒙古的生产率提高 15.8 %，全部来自技术变动；效率下降 4.1 %。",
            "From 2000 to 2017 Inner Mongolia's productivity rose 15.8 %, all of it technical; efficiency fell 4.1 %.",
        ),
        "warning",
        charts["parts"],
        (
            Paragraph(
                Text(
                    "指数大于 1 为增长。面板为 30 个省，资本、劳动、能源投入，GDP 产出，CO₂ 为坏产出。",
                    "Above 1 is growth. 30 provinces; inputs capital, labour, energy; output GDP; CO₂ is the bad.",
                )
            ),
            charts["map"],
            charts["tfp"],
        ),
    )
    hold = Section(
        "hold",
        Text("管控", "Hold"),
        Text("上限还剩多少？", "How much of the cap is left?"),
        Text(
            "按地表水耗水口径，内蒙古在 15 年中有 7 年超出 58.6 亿m³ 的分水指标。",
            "On the basis of surface consumption, Inner Mongolia exceeded its share of 58.6 × 10⁸ m³ in 7 of 15 years.",
        ),
        "bad",
        charts["use"],
        (
            Paragraph(Text("两种口径不可相比。", "Unlike bases are never compared."), "warning"),
            charts["tree"],
            charts["stack"],
            one,
        ),
    )
    plan = Section(
        "plan",
        Text("规划", "Plan"),
        Text("怎样分解上限，资助哪些改造？", "How to break the cap down, and which retrofits to fund?"),
        Text(
            "五种规则给巴彦淖尔市的份额相差 4 亿m³；预算内选 3 个项目。",
            "The five rules differ by 4 × 10⁸ m³ for Bayannur; three projects fit the budget.",
        ),
        "good",
        charts["rules"],
        (charts["cost"], charts["league-map"], banners, charts["crossing"]),
    )
    track = Section(
        "track",
        Text("跟踪", "Track"),
        Text("承诺的目标兑现了吗？", "Were the promises kept?"),
        Text("4 项目标中 1 项未达到，1 项落后。", "Of 4 targets 1 is missed and 1 is behind."),
        "plain",
        None,
        (wide, nasty, Paragraph(Text(NASTY, NASTY), "muted")),
    )
    return Report(
        Text("内蒙古：硬约束下的生产率", "Inner Mongolia: productivity inside hard caps"),
        Text(
            "测算、管控、规划、跟踪四项工作，一套有出处的数据。",
            "Four jobs – measure, hold, plan, track – on one register of sourced figures.",
        ),
        (section, hold, plan, track),
        sources,
        (
            (Text("hetao 版本", "hetao version"), "0.1.0"),
            (Text("数据指纹", "Data fingerprint"), "sha256:" + "0123456789abcdef" * 4),
            (Text("证书", "Certificate"), NASTY),
        ),
        "2026-11-24 10:00",
    )
