"""Lists of customers, and tickets of theirs."""

from __future__ import annotations

from functools import partial

from tests.intake.exports.built import Export, comma, listed, typed, workbook

SHANGHAI = "Asia/Shanghai"

EXPORTS = (
    Export(
        recipe="shopify_customers",
        file="customers_export.csv",
        headers=listed("""
Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address Address1|
Default Address Address2|Default Address City|Default Address Province Code|Default Address Country Code|
Default Address Zip|Default Address Phone|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Note|Tax Exempt|Tags|
Accepts WhatsApp Marketing"""),
        rows=typed("""
            Customer ID   | First Name | Email         | Accepts Email Marketing | Default Address Country Code | Phone        | Total Spent | Total Orders | Tags
            7210000000001 | Ann        | ann@shop.test | yes                     | FR                           |              | 106.65      | 3            | vip
            7210000000002 | Bob        | bob@shop.test | no                      | FR                           |              | 13.90       | 2            |
            7210000000003 | Cat        |               | no                      | DE                           | +33612345678 | 33.90       | 1            |
            """),
        roles={"customer_id": "Email"},
        customers=3,
        signs={"Customer ID": "'{}"},
    ),
    Export(
        recipe="shopify_customers",
        file="customers_export_2022.csv",
        headers=listed("""
Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address Address1|
Default Address Address2|Default Address City|Default Address Province Code|Default Address Country Code|
Default Address Zip|Default Address Phone|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Note|Tax Exempt|Tags"""),
        rows=typed("""
            Email         | Total Spent | Total Orders
            ann@shop.test | 106.65      | 3
            bob@shop.test | 13.90       | 2
            """),
        roles={"customer_id": "Email"},
        customers=2,
    ),
    Export(
        recipe="stripe_customers",
        file="customers.csv",
        headers=listed("""
id|Description|Email|Name|Created (UTC)|Delinquent|Plan|Status|Total Spend|Payment Count|Refunded Volume|
Dispute Losses|segment (metadata)"""),
        rows=typed("""
            id    | Email    | Created (UTC)    | Delinquent | Plan  | Status | Total Spend | Payment Count | segment (metadata)
            cus_1 | a@s.test | 2024-01-02 10:00 | false      | Basic | active | 60.00       | 3             | school
            cus_2 | b@s.test | 2024-02-02 10:00 | true       | Basic |        | 20.00       | 1             | firm
            """),
        roles={"customer_id": "id", "signed_up_at": "Created (UTC)"},
        customers=2,
    ),
    Export(
        recipe="stripe_customers_older",
        file="customers-2017.csv",
        headers=listed("""
id|Email|Name|Phone|Description|Created (UTC)|Default Card|Card Last 4|Card Type|Card Country|Currency|
Delinquent|Total Spend"""),
        rows=typed("""
            id    | Email    | Created (UTC)    | Delinquent | Total Spend
            cus_1 | a@s.test | 2017-01-02 10:00 | false      | 60.00
            cus_2 | b@s.test | 2017-02-02 10:00 | true       | 20.00
            """),
        roles={"customer_id": "id", "signed_up_at": "Created (UTC)"},
        customers=2,
    ),
    Export(
        recipe="woo_customers_report",
        file="customers-report.csv",
        headers=listed(
            "Name|Username|Last Active|Sign Up|Email|Orders|Total Spend|AOV|Country / Region|City|Region|Postal Code"
        ),
        # who never signed up has no user name
        rows=typed("""
            Name    | Username | Last Active         | Sign Up             | Email    | Orders | Total Spend | AOV   | Country / Region | City
            Kim Lee | kim      | 2024-02-20 09:00:00 | 2023-11-01 09:00:00 | k@w.test | 2      | 60.00       | 30.00 | US               | Austin
            Bo Dahl |          | 2024-01-10 10:00:00 |                     | b@w.test | 1      | 99.00       | 99.00 | SE               | Lund
            """),
        roles={"customer_id": "Email", "signed_up_at": "Sign Up"},
        customers=2,
    ),
    Export(
        recipe="hubspot_contacts",
        file="hubspot-crm-exports-all-contacts-2024-07-05.csv",
        headers=listed("""
Record ID|First Name|Last Name|Email|Phone Number|Contact owner|Lead Status|Lifecycle Stage|Create Date|Close Date|
Last Activity Date|Company Name|Job Title|Annual Revenue|Associated Company|Associated Company IDs|State/Region|
Country/Region|Membership Status|Membership Start Date|Churn Date|Churn Reason|Cancel at Period End|
Stripe Subscription ID|Date entered "Customer (Lifecycle Stage Pipeline)"|Subscription Type|Subscription Renewal Date"""),
        rows=typed("""
            Record ID | First Name | Email    | Lifecycle Stage | Create Date      | Last Activity Date | Job Title | Churn Date | Churn Reason
            301       | Ann        | a@h.test | Customer        | 2023-01-05 10:00 | 2024-06-30 10:00   | Buyer     |            |
            302       | Bo         | b@h.test | Customer        | 2023-03-05 10:00 | 2024-02-01 10:00   |           | 2024-02-01 | Price
            303       | Cat        | c@h.test | Lead            | 2024-05-05 10:00 | 2024-05-06 10:00   |           |            |
            """),
        roles={
            "customer_id": "Record ID",
            "signed_up_at": "Create Date",
            "churned_at": "Churn Date",
            "churn_reason": "Churn Reason",
        },
        customers=3,
    ),
    Export(
        recipe="hubspot_companies",
        file="hubspot-crm-exports-all-companies-2024-07-05.csv",
        headers=listed("""
Record ID|Company name|Company Domain Name|Company owner|Create Date|Phone Number|Last Activity Date|City|
Country/Region|Industry|Lead Status|Lifecycle Stage|Annual Revenue|Number of Employees|Associated Contact IDs"""),
        rows=typed("""
            Record ID | Company name | Company Domain Name | Create Date      | Industry | Lead Status | Last Activity Date
            7001      | Acme         | acme.test           | 2023-01-05 10:00 | Pumps    | Open        | 2024-06-30 10:00
            7002      | Borg         | borg.test           | 2023-02-05 10:00 | Steel    |             | 2024-03-30 10:00
            """),
        roles={"customer_id": "Record ID", "signed_up_at": "Create Date"},
        customers=2,
    ),
    Export(
        recipe="youzan_customers",
        file="有赞客户.csv",
        headers=listed("""
客户姓名|客户昵称|客户手机号|客户生日|客户性别|标签|是否会员|成长值|免费等级|付费等级|权益卡|客户积分|客户储值余额|消费次数|
消费金额|累计退款金额|累计退款订单数|笔单价|上次消费时间|分销员|导购员|企微好友|来源渠道|来源方式|成为客户时间|成为会员时间|
成为会员店铺|公众号|公众号关注时间|最近浏览时间|微信地域|所属区域|指定时间消费次数|指定时间消费金额|"""),
        # the header ends in a blank one; the third has no phone, so that nobody knows who it is
        rows=typed("""
            客户姓名 | 客户手机号  | 是否会员 | 消费次数 | 消费金额 | 上次消费时间        | 来源渠道 | 成为客户时间
            某甲     | 13800000001 | 是       | 3        | 110.00   | 2024-02-01 10:00:00 | 网店     | 2023-11-01 10:00:00
            某乙     | 13800000002 | 否       | 1        | 60.00    | 2024-01-05 10:00:00 | 门店     | 2024-01-05 10:00:00
            某丙     |             | 否       | 0        | 0.00     |                     | 网店     | 2024-02-05 10:00:00
            """),
        roles={"customer_id": "客户手机号", "signed_up_at": "成为客户时间"},
        customers=2,
        written=partial(comma, encoding="utf-8-sig"),
        timezone=SHANGHAI,
    ),
    Export(
        recipe="fxiaoke_customers",
        file="客户.xlsx",
        headers=listed("""
客户名称|客户编号|客户分类|客户来源|客户类型|客户层级|上级客户|成交状态|生命状态|锁定状态|所属公海|分配状态|负责人|
负责人主属部门|归属部门|归属组织|外部负责人|合作伙伴|业务类型|创建人|创建时间|最后修改人|最后修改时间|最后跟进时间|
最后一次成交时间|下次跟进时间|领取/分配时间|退回/收回时间|负责人变更时间|预计收回时间|销售人员退回原因|转手次数|1级|2级|国家|
省|市|区|电话|邮件|网址|工商注册|统一社会信用代码|市场活动名称|源线索|外部来源"""),
        # what was declared void is no customer
        rows=typed("""
            客户名称 | 客户编号   | 客户来源 | 客户层级 | 成交状态 | 生命状态 | 创建时间         | 最后跟进时间     | 转手次数
            甲公司   | 2024010001 | 展会     | A        | 已成交   | 正常     | 2024-01-03 10:00 | 2024-06-01 10:00 | 0
            乙公司   | 2024010002 | 官网     | B        | 未成交   | 正常     | 2024-02-03 10:00 | 2024-02-09 10:00 | 2
            丙公司   | 2024010003 | 官网     | C        | 未成交   | 作废     | 2024-02-04 10:00 | 2024-02-04 10:00 | 1
            """),
        roles={"customer_id": "客户编号", "signed_up_at": "创建时间"},
        customers=2,
        written=workbook,
        timezone=SHANGHAI,
    ),
    Export(
        recipe="zendesk_tickets",
        file="tickets.csv",
        headers=listed("""
Summation column|Id|Requester|Requester id|Requester external id|Requester email|Requester domain|Submitter|
Assignee|Group|Subject|Tags|Status|Priority|Via|Ticket type|Created at|Updated at|Assigned at|Organization|
Due date|Initially assigned at|Solved at|Resolution time|Satisfaction Score|Group stations|Assignee stations|
Reopens|Replies|First reply time in minutes|First reply time in minutes within business hours|
First resolution time in minutes|First resolution time in minutes within business hours|
Full resolution time in minutes|Full resolution time in minutes within business hours|
Agent wait time in minutes|Agent wait time in minutes within business hours|Requester wait time in minutes|
Requester wait time in minutes within business hours|On hold time in minutes|
On hold time in minutes within business hours|Plan [list]"""),
        # the requester of the third has no number of ours
        rows=typed("""
            Summation column | Id | Requester | Requester id | Requester external id | Requester email | Subject | Status | Ticket type | Created at       | Solved at        | Satisfaction Score
            1                | 11 | Ann       | 9001         | c1                    | a@z.test        | Refund  | Solved | Question    | 2024-01-05 10:00 | 2024-01-06 09:00 | Good
            1                | 12 | Ann       | 9001         | c1                    | a@z.test        | Login   | Open   | Problem     | 2024-02-05 10:00 |                  | Unoffered
            1                | 13 | Bo        | 9002         |                       | b@z.test        | Login   | Solved | Problem     | 2024-02-07 10:00 | 2024-02-07 12:00 | Bad
            """),
        roles={
            "customer_id": "Requester external id",
            "opened_at": "Created at",
            "resolved_at": "Solved at",
            "category": "Ticket type",
            "comment": "Subject",
        },
        customers=2,
        counts={"tickets": 3},
    ),
)
