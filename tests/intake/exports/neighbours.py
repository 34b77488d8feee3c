"""Files that look a little like known exports and are none: other systems of the same world, and plain tables."""

from __future__ import annotations

_HEADERS = {
    "magento_orders.csv": (
        "entity_id,increment_id,store_id,created_at,status,state,base_grand_total,grand_total,subtotal,discount_amount,"
        "shipping_amount,tax_amount,total_paid,total_refunded,customer_id,customer_email,customer_firstname,"
        "customer_lastname,customer_group_id,shipping_description,payment_method,order_currency_code,coupon_code"
    ),
    "prestashop_orders.csv": "ID,Reference,New client,Delivery,Customer,Total,Payment,Status,Date",
    "bigcommerce_orders.csv": (
        "Order ID,Customer ID,Customer Name,Customer Email,Customer Phone,Order Date,Order Status,Subtotal (inc tax),"
        "Order Total (inc tax),Payment Method,Shipping Name,Billing Name,Billing Phone,Product Details,Refund Amount"
    ),
    "squarespace_orders.csv": (
        "Order ID,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Billing Name"
    ),
    "salesforce_contacts.csv": (
        "Contact ID,First Name,Last Name,Account Name,Title,Email,Phone,Mailing City,Mailing Country,Lead Source,"
        "Contact Owner,Created Date,Last Activity,Last Modified Date"
    ),
    "salesforce_opportunities.csv": (
        "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Probability (%),Close Date,Created Date,Type,"
        "Lead Source,Opportunity Owner,Fiscal Period"
    ),
    "zoho_contacts.csv": (
        "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,"
        "Title,Department,Phone,Mobile,Created Time,Modified Time,Last Activity Time,Mailing City,Mailing Country,Tag"
    ),
    "zoho_deals.csv": (
        "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,Account Name,Stage,Type,"
        "Probability (%),Expected Revenue,Lead Source,Contact Name.id,Contact Name,Created Time,Modified Time,Pipeline"
    ),
    "pipedrive_deals.csv": (
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Status,Deal - Won time,Deal - Lost time,"
        "Deal - Deal created,Deal - Organization,Deal - Contact person"
    ),
    "recurly_subscriptions.csv": (
        "subscription_id,account_code,plan_code,plan_name,state,quantity,unit_amount,currency,activated_at,canceled_at,"
        "expires_at,current_period_started_at,current_period_ends_at,trial_started_at,trial_ends_at,auto_renew"
    ),
    "chargebee_subscriptions.csv": (
        "Subscription Id,Customer Id,Customer Email,Plan Id,Status,Started At,Current Term Start,Current Term End,"
        "Trial Start,Trial End,Cancelled At,Cancel Reason,MRR,Currency"
    ),
    "freshdesk_tickets.csv": (
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
        "Last update time,First response time (in hrs),Resolution time (in hrs),Customer satisfaction,Contact ID,Email"
    ),
    "segment_tracks.csv": "id,received_at,anonymous_id,user_id,event,event_text,sent_at,timestamp,context_ip,context_page_url",
    "matomo_visits.csv": "idVisit,visitorId,userId,serverDate,actions,visitDuration,referrerName,country,goalConversions",
    "kuaishou_orders.csv": (
        "订单编号,订单状态,订单创建时间,订单支付时间,商品名称,商品ID,商品规格,SKU编码,商品单价,成交数量,实付款,快递费,"
        "快手优惠,主播优惠,收货人姓名,收货人电话,收货地址,买家昵称,买家留言,卖家备注,售后状态,快递公司,快递单号,推广者ID"
    ),
    "xiaohongshu_orders.csv": (
        "订单号,包裹号,订单状态,售后状态,用户下单时间,用户支付时间,商品名称,规格ID,规格名称,SKU件数,商品总价,商家优惠,"
        "平台优惠,用户应付金额,商家应收金额,运费,收件人姓名,收件人电话,省,市,区,快递公司,快递单号"
    ),
    "own_shop_orders.csv": "订单号,下单时间,订单状态,商品名称,商品数量,商品单价,订单金额,客户手机号,收货人,备注",
    "money_flow.csv": "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注",
    "alipay_record.csv": (
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注"
    ),
    "alipay_record_2018.csv": (
        "交易号,商家订单号,交易创建时间,付款时间,最近修改时间,交易来源地,类型,交易对方,商品名称,金额（元）,收/支,交易状态,"
        "服务费（元）,成功退款（元）,备注,资金状态"
    ),
    "tencent_survey.csv": "编号,开始答题时间,结束答题时间,答题时长,语言,清洗数据结果,地理位置国家和地区,地理位置省,自定义字段,1.您的满意度",
    "mikecrm_form.csv": "序号,提交时间,姓名,手机,您的建议,IP,来源,设备",
    "crm_of_ours.csv": "客户名称,客户编号,负责人,创建时间,省,市,区,电话,行业,备注",
    "answers.csv": "序号,姓名,提交时间,您的满意度,您的建议",
    "orders.csv": "order_id,customer_id,order_date,status,total,currency,email",
    "orders_with_items.csv": "order_id,order_number,date,status,customer_email,sku,quantity,price,shipping,order_total",
    "customers.csv": "Name,Email,Phone,City,Region,Country,Sign Up,Orders,Total",
    "events.csv": "event,timestamp,user_id,session_id,device_id,platform,country,city,properties",
    "payments.csv": "id,Amount,Currency,Status,Created,Customer,Description,Fee",
    "subscriptions.csv": "id,customer_id,plan,status,amount,interval,start_date,end_date,trial_end,cancelled_at",
    "survey.csv": "Respondent,Date,Email,How likely are you to recommend us?,Why?",
    "bank.csv": "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net,Balance",
    "pos.csv": "Date,Time,Gross Sales,Discounts,Net Sales,Tax,Tip,Total,Transaction,Customer Name",
}


def _cell(header: str, row: int) -> str:
    """A cell that fits its header a little."""
    text = header.casefold()
    if any(word in text for word in ("date", "time", "时间", "日期", "_at")) or text.endswith((" at", "created")):
        return f"2024-0{row}-0{row} 10:00:00"
    if any(
        word in text for word in ("amount", "total", "price", "sales", "gross", "net", "金额", "单价", "实付", "总价")
    ):
        return f"{row}0.00"
    return f"{header[:3]}{row}".replace(",", " ")


NEIGHBOURS = {
    name: "\n".join(
        [headers, *(",".join(_cell(header, row) for header in headers.split(",")) for row in range(1, 4))]
    ).encode()
    for name, headers in _HEADERS.items()
}
"""Content by the name of a file."""
