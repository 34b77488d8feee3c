"""Answers to surveys, with a column for each question; counted are the cells that were answered, by score or by words."""

from __future__ import annotations

from functools import partial

from tests.intake.exports.built import Export, Table, comma, listed, typed, workbook

SHANGHAI = "Asia/Shanghai"


def with_choices(table: Table) -> bytes:
    """A table whose header has a second line: what kind of answer each question takes."""
    kinds = {"How likely are you to recommend us?": "Response", "Why?": "Open-Ended Response"}
    return comma((table[0], [[kinds.get(header, "") for header in table[0]], *table[1]]))


EXPORTS = (
    Export(
        recipe="surveymonkey_answers",
        file="Sheet_1.csv",
        headers=listed("""
Respondent ID|Collector ID|Start Date|End Date|IP Address|Email Address|First Name|Last Name|Custom Data 1|
How likely are you to recommend us?|Why?"""),
        rows=typed("""
            Respondent ID | Collector ID | Start Date          | End Date            | Email Address | Custom Data 1 | How likely are you to recommend us? | Why?
            11400000001   | 40000001     | 01/05/2024 10:00:00 | 01/05/2024 10:02:00 | a@m.test      | c1            | 9                                   | Fast
            11400000002   | 40000001     | 01/25/2024 10:00:00 | 01/25/2024 10:01:00 | b@m.test      |               | 6                                   |
            11400000003   | 40000001     | 02/05/2024 10:00:00 | 02/05/2024 10:03:00 | a@m.test      | c1            | 10                                  | Kind
            """),
        roles={"customer_id": "Custom Data 1", "answered_at": "End Date"},
        customers=2,
        written=with_choices,
        nps={"2024-01": 0, "2024-02": 100},
        counts={"answers": 5, "comments": 2},
    ),
    Export(
        recipe="typeform_answers",
        file="responses.csv",
        headers=listed("""
#|How likely are you to recommend us?|Why?|customer_id|Response Type|Start Date (UTC)|Stage Date (UTC)|
Submit Date (UTC)|Network ID|Tags|Ending"""),
        rows=typed("""
            #       | How likely are you to recommend us? | Why? | customer_id | Response Type | Start Date (UTC)    | Submit Date (UTC)   | Network ID
            odwdp41 | 9                                   | Fast | c1          | completed     | 2024-01-05 10:00:00 | 2024-01-05 10:02:00 | 653e97acae
            odwdp42 | 6                                   |      | c2          | completed     | 2024-01-25 10:00:00 | 2024-01-25 10:01:00 | 753e97acae
            """),
        roles={"customer_id": "customer_id", "answered_at": "Submit Date (UTC)"},
        customers=2,
        nps={"2024-01": 0},
        counts={"answers": 3, "comments": 1},
    ),
    Export(
        recipe="typeform_answers",
        file="responses-2018.csv",
        headers=listed("#|How likely are you to recommend us?|Why?|Start Date (UTC)|Submit Date (UTC)|Network ID"),
        rows=typed("""
            #       | How likely are you to recommend us? | Start Date (UTC)    | Submit Date (UTC)   | Network ID
            odwdp41 | 9                                   | 2018-01-05 10:00:00 | 2018-01-05 10:02:00 | 653e97acae
            odwdp42 | 6                                   | 2018-01-25 10:00:00 | 2018-01-25 10:01:00 | 753e97acae
            """),
        roles={"customer_id": "#", "answered_at": "Submit Date (UTC)"},
        customers=2,
        nps={"2018-01": 0},
        counts={"answers": 2, "comments": 0},
    ),
    Export(
        recipe="wenjuanxing_answers",
        file="按文本_2.xlsx",
        headers=listed(
            "序号|提交答卷时间|所用时间|来源|来源详情|来自IP|1、您有多大可能推荐我们？|2、您从哪里知道我们？|3、您的建议|总分"
        ),
        rows=typed("""
            序号 | 提交答卷时间       | 所用时间 | 来源 | 来源详情 | 来自IP                    | 1、您有多大可能推荐我们？ | 2、您从哪里知道我们？ | 3、您的建议
            1    | 2026/9/3 12:00:00  | 10秒     | 微信 | N/A      | 192.0.2.7(浙江-杭州)      | 9                         | 朋友┋广告             | 快一点
            2    | 2026/9/13 12:00:00 | 45秒     | 链接 | 直接访问 | 192.0.2.8(四川-成都)      | 6                         | 广告                  |
            """),
        roles={"customer_id": "序号", "answered_at": "提交答卷时间"},
        customers=2,
        written=workbook,
        timezone=SHANGHAI,
        nps={"2026-09": 0},
        counts={"answers": 5, "comments": 3},
    ),
    Export(
        recipe="jinshuju_answers",
        file="金数据.csv",
        headers=listed(
            "序号|您有多大可能推荐我们？|您的建议|微信昵称|微信性别|微信国家|微信省市|微信OpenID|微信头像|提交人|提交时间|修改时间|IP"
        ),
        rows=typed("""
            序号 | 您有多大可能推荐我们？ | 您的建议 | 微信昵称 | 微信OpenID | 提交人 | 提交时间            | 修改时间            | IP
            1    | 9                      | 快一点   | 小甲     | oA1        | 匿名   | 2024-01-05 10:00:00 | 2024-01-05 10:00:00 | 192.0.2.7
            2    | 6                      |          | 小乙     | oB2        | 匿名   | 2024-01-25 10:00:00 | 2024-01-25 10:00:00 | 192.0.2.8
            """),
        roles={"customer_id": "微信OpenID", "answered_at": "提交时间"},
        customers=2,
        written=partial(comma, encoding="utf-8-sig"),
        timezone=SHANGHAI,
        nps={"2024-01": 0},
        counts={"answers": 3, "comments": 1},
    ),
)
