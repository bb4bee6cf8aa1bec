"""What every rule declares: its number, its clause, its texts in both languages."""

import re
from string import Formatter

import pytest

from hetao.ledger.act import acts
from hetao.ledger.rule import rules

CJK = re.compile(r"[\u4e00-\u9fff]")
ARTICLE_ZH = re.compile(r"第（?[〇零一二三四五六七八九十百]+）?条")
ARTICLE_EN = re.compile(r"\b(arts?\.?|item) [0-9]")
every_rule = pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))


def names_in(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_the_rules_are_r01_to_r58():
    assert list(rules()) == [f"r{number:02}" for number in range(1, 59)]


@every_rule
def test_a_clause_names_its_article_in_both_languages(rule):
    assert ARTICLE_ZH.search(rule.reference), rule.reference
    assert ARTICLE_EN.search(rule.reference), rule.reference


@every_rule
def test_texts_are_in_both_languages(rule):
    assert rule.texts
    for text in (rule.title, *rule.texts.values()):
        assert CJK.search(text.zh), text
        assert text.en, text
        assert not CJK.search(text.en), text


@every_rule
def test_a_rule_judges_events_that_there_are(rule):
    assert rule.events or rule.due is not None
    assert rule.events <= set(acts())


@every_rule
def test_what_a_rule_finds_prints_its_number_and_clause(rule):
    for name, text in rule.texts.items():
        words = dict.fromkeys(names_in(text.zh) | names_in(text.en), 1)
        finding = rule.finding(name, None, {}, **words)
        assert (finding.rule, finding.clause) == (rule.name.upper(), rule.reference)
