"""The reading guide: for each result of a study, what it shows and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hetao.report.model import Cell, Column, Section, Table
from hetao.text import Text

__all__ = ["READINGS", "Reading", "reading_section"]


@dataclass(frozen=True)
class Reading:
    """What one result says.

    Attributes:
        title: of the result.
        shows: what it shows.
        hides: what it does not show.
    """

    title: Text
    shows: Text
    hides: Text


_RATIO = Text(
    "不说明高低水平（只比变化），也不说明原因；前沿由样本内最好的地区构成，样本外可能更好。",
    "Not who is high or low (it compares changes), nor why. The frontier is made of the best in the sample; better may "
    "exist outside it.",
)
_SCORE = Text(
    "不说明低分的原因；与所列投入产出之外的一切无关；样本换了，得分也变。",
    "Not why a score is low, nor anything beyond the inputs and outputs named; another sample gives other scores.",
)
READINGS: dict[str, tuple[Text, Text]] = {
    "dea": (Text("离样本前沿有多远。", "How far a region is from the sample's frontier."), _SCORE),
    "malmquist": (
        Text(
            "同样的投入多产出了多少，来自追赶前沿还是前沿移动；污染只在列为投入时计入。",
            "How much more came out of the same inputs, by catching up or by the frontier moving; pollution "
            "counts only where it is among the inputs.",
        ),
        _RATIO,
    ),
    "malmquist_luenberger": (
        Text(
            "产出增加、污染减少合在一起算的生产率变化。",
            "Productivity change with more output and less pollution counted together.",
        ),
        Text(
            "不是治污的成本，也不是污染的危害；弱可处置性是假定；没有置信限。" + _RATIO.zh,
            "Neither what abatement costs nor what pollution harms; weak disposability is assumed; it has no "
            "confidence limits. " + _RATIO.en,
        ),
    ),
    "sbm_malmquist": (
        Text("把全部松弛与污染计入的生产率变化。", "Productivity change with every slack and pollution counted."),
        _RATIO,
    ),
    "two_stage_malmquist": (
        Text(
            "研发投入变成中间成果、成果变成产出，两段各自的变化；两段之积为总变化。",
            "The change of each stage, from inputs to links and from links to outputs; their product is the whole.",
        ),
        Text(
            "两段之间的分法不唯一（取对优先阶段最有利者）；没有计入成果转化的时滞。" + _RATIO.zh,
            "The split between the stages is not unique (the one best for the stage with priority); no lag between "
            "them is allowed for. " + _RATIO.en,
        ),
    ),
    "composite": (
        Text(
            "按所列规则合成的相对位置，以及换一套规则名次会怎样变。",
            "A relative position by the rules stated, and how ranks would move under other rules.",
        ),
        Text(
            "不是可度量的量：换指标、权重或标准化，名次会变；区间重叠的名次不应分先后；不说明原因。",
            "No quantity that could be measured: other indicators, weights or scales give other ranks; ranks whose "
            "intervals overlap are not to be told apart; not why.",
        ),
    ),
    "differences": (
        Text(
            "各区之间、各区之内相差多少，差距在扩大还是缩小，位次是否流动。",
            "How much of the inequality lies between and within zones, whether it narrows, and whether places change.",
        ),
        Text(
            "不说明政策的作用；落后者增长更快（β 收敛）可能只是向均值回归；分区换了，组间份额也变。",
            "Not what a policy did. Faster growth of those behind may be regression to the mean; other zones give "
            "another share between them.",
        ),
    ),
}
BOOTSTRAP = Text(
    "置信限只反映抽样与前沿的不确定，不反映数据误差；二十个变化中约有一个会碰巧显著。置信限已校正偏差，所以可能不含指数本身。",
    "Limits tell of sampling and of where the frontier lies, not of errors in the data; one change in twenty is "
    "significant by chance. They are corrected for bias, and may leave the index itself out.",
)


def reading_section(readings: Sequence[Reading]) -> Section:
    """Build the section."""
    columns = (
        Column("result", Text("结果", "result")),
        Column("shows", Text("说明什么", "what it shows"), wide=True),
        Column("hides", Text("不说明什么", "what it does not show"), wide=True),
    )
    rows = tuple((Cell(r.title), Cell(r.shows), Cell(r.hides)) for r in readings)
    return Section(
        key="reading",
        title=Text("怎样读", "How to read it"),
        question=Text("每个结果说明什么、不说明什么？", "What does each result show, and what not?"),
        answer=Text(
            f"{len(readings)} 个结果，各有能说与不能说的。",
            f"{len(readings)} results, each with what it can and cannot say.",
        ),
        tone="plain",
        picture=None,
        blocks=(Table("reading", Text("怎样读这些结果", "How to read these results"), columns, rows),),
    )
