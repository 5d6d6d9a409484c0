"""Invented children with rows that agree in themselves: nobody's, with identity numbers of the year they are born in.

Every row is another child. `aid_row(7)` is a row of the table `aid_case` as a careful hospital would write it.
"""

from __future__ import annotations

import datetime as dt

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = (
    "安柏晨春冬帆芳枫峰歌海禾荷红华佳江杰锦静俊岚莉林琳柳龙梅萌明"
    "宁培鹏萍琪晴秋蕊珊石书树松涛婷桐薇伟文雯夏晓欣雪亚燕叶怡"
)


def name(number: int, offset: int = 0) -> str:
    """A name of three characters, another for each number below 60,000."""
    first, rest = divmod(number + offset, len(GIVEN) ** 2)
    return SURNAMES[first % len(SURNAMES)] + GIVEN[rest // len(GIVEN)] + GIVEN[rest % len(GIVEN)]


def identity_number(born: dt.date, order: int, region: str = "110101") -> str:
    """A generated number with the right check digit (GB 11643); an odd order is a boy's."""
    digits = f"{region}{born:%Y%m%d}{order:03}"
    return digits + "10X98765432"[sum(int(one) * 2 ** (17 - at) for at, one in enumerate(digits)) % 11]


def aid_row(number: int) -> dict[str, object]:
    """A row of `aid_case` that is right in everything."""
    born = dt.date(2019, 3, 5) + dt.timedelta(days=number % 300)
    return {
        "case_no": f"AJ2023{number:05}",
        "child_name": name(number),
        "sex": "男" if number % 2 else "女",
        "birth_date": born.isoformat(),
        "age": f"{2023 - born.year}岁",
        "id_number": identity_number(born, 102 + number % 800 // 2 * 2 + number % 2),
        "guardian_name": name(number, 30_000),
        "guardian_relation": "父亲",
        "phone": f"1390000{number % 10_000:04}",
        "region": "河北省石家庄市长安区",
        "hospital": "河北省儿童医院",
        "admission_date": "2023-05-08",
        "discharge_date": "2023-05-20",
        "diagnosis": "室间隔缺损",
        "procedure": "室间隔缺损修补术",
        "procedure_date": "2023-05-11",
        "total_cost": "56000",
        "insurance_paid": "30000",
        "grant_amount": "10000",
        "remark": "",
        "diagnosis_code": "D0032",
        "procedure_code": "",
    }


def donation_row(number: int) -> dict[str, object]:
    """A row of `donation` that is right in everything."""
    return {
        "donation_no": f"JZ{number:06}",
        "donation_date": "2023-06-01",
        "donor": f"爱心企业{number}",
        "donor_type": "企业",
        "credit_code": "91999999MA0000001N",
        "phone": "010-60000000",
        "project_name": "护心行动",
        "fund_type": "专项基金",
        "donation_amount": "10000",
        "restricted_amount": "6000",
        "unrestricted_amount": "4000",
        "payment_channel": "银行转账",
        "receipt_no": f"PJ{number:08}",
        "handler": name(number, 10_000),
        "remark": "",
    }


def disbursement_row(number: int) -> dict[str, object]:
    """A row of `disbursement` that is right in everything."""
    return {
        "payment_no": f"BF{number:06}",
        "case_no": f"AJ2023{number:05}",
        "child_name": name(number, 5_000),
        "id_number": identity_number(dt.date(2018, 1, 1) + dt.timedelta(days=number), 101),
        "hospital": "中国医学科学院阜外医院",
        "account_name": "中国医学科学院阜外医院",
        "bank_name": "某银行北京分行",
        "bank_account": "0000 1234 5678 9012 345",
        "application_date": "2023-06-01",
        "approval_date": "2023-06-10",
        "payment_date": "2023-06-20",
        "requested_amount": "20000",
        "grant_amount": "15000",
        "fund_type": "专项基金",
        "payment_channel": "银行转账",
        "project_name": "护心行动",
        "receipt_no": f"PJ{number:08}",
        "handler": name(number, 20_000),
        "remark": "",
    }


def follow_up_row(number: int) -> dict[str, object]:
    """A row of `follow_up` that is right in everything."""
    born = dt.date(2019, 3, 5) + dt.timedelta(days=number % 300)
    return {
        "case_no": f"AJ2023{number:05}",
        "child_name": name(number, 40_000),
        "sex": "男",
        "birth_date": born.isoformat(),
        "id_number": identity_number(born, 101 + number % 400 * 2),
        "phone": f"1390000{number % 10_000:04}",
        "region": "北京市海淀区",
        "hospital": "中国医学科学院阜外医院",
        "diagnosis": "房间隔缺损",
        "procedure": "房间隔缺损封堵术",
        "procedure_date": "2023-05-11",
        "discharge_date": "2023-05-20",
        "follow_up_date": "2023-08-20",
        "follow_up_result": "恢复良好",
        "height": "102cm",
        "weight": "16kg",
        "oxygen_saturation": "98%",
        "ejection_fraction": "65%",
        "nyha_class": "Ⅰ级",
        "needs_operation": "否",
        "next_follow_up_date": "2024-02-20",
        "remark": "",
    }


ROWS = {"aid_case": aid_row, "donation": donation_row, "disbursement": disbursement_row, "follow_up": follow_up_row}
