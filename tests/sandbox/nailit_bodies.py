"""Request bodies of the Nail It dialects, filled for the demo catalog."""

from __future__ import annotations

from typing import Any

GEL_MANICURE, HAIRCUT, SPA_PEDICURE, CLASSIC_MANICURE = 102, 401, 203, 101
MONICA, CARLEN, JOY, LAYAL, GRACE = 1, 2, 3, 4, 7
PLAZA, ZAHRA, MARINA = 1, 2, 3
TOMORROW, TOMORROW_READ = "21/11/2026", "21-11-2026"
TWO_PM = [29, 30]


def items_v2(**changes: Any) -> dict[str, Any]:
    return {
        "Lang": "E",
        "Like": "",
        "Page_No": 1,
        "Item_Type_Id": 2,
        "Group_Id": 0,
        "Location_Ids": [PLAZA],
        "Is_Home_Service": False,
        "Selected_Date": TOMORROW_READ,
        **changes,
    }


def services_facade(**changes: Any) -> dict[str, Any]:
    return {
        "Lang": "E",
        "Location_Id": PLAZA,
        "Group_Id": 0,
        "Page_No": 1,
        "Like": "",
        "Selected_Date": TOMORROW_READ,
        **changes,
    }


def line_v2(**changes: Any) -> dict[str, Any]:
    return {
        "Prod_Id": GEL_MANICURE,
        "Prod_Name": "Gel Manicure",
        "Qty": 1,
        "Rate": 12.5,
        "Amount": 12.5,
        "Size_Id": None,
        "Size_Name": "",
        "Promotion_Id": 0,
        "Promo_Code": "",
        "Discount_Amount": 0,
        "Net_Amount": 12.5,
        "Staff_Id": MONICA,
        "TimeFrame_Ids": TWO_PM,
        "Appointment_Date": TOMORROW,
        **changes,
    }


def save_order(user_id: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    lines = lines or (line_v2(),)
    return {
        "Gross_Amount": sum(line["Amount"] for line in lines),
        "Payment_Type_Id": 1,
        "Order_Type": 2,
        "UserId": user_id,
        "FirstName": "Sara Test",
        "Mobile": "+96550000123",
        "Email": "sara@example.com",
        "Discount_Amount": sum(line["Discount_Amount"] for line in lines),
        "Net_Amount": sum(line["Net_Amount"] for line in lines),
        "POS_Location_Id": PLAZA,
        "ChannelId": 4,
        "OrderDetails": list(lines),
        **changes,
    }


def line_facade(**changes: Any) -> dict[str, Any]:
    return {
        "Item_Id": GEL_MANICURE,
        "Qty": 1,
        "Price": "12.500",
        "Staff_Id": MONICA,
        "TimeFrame_Ids": TWO_PM,
        "Appointment_Date": TOMORROW,
        **changes,
    }


def add_order(user_id: int, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    lines = lines or (line_facade(),)
    total = sum(float(line["Price"]) * line["Qty"] for line in lines)
    return {
        "App_User_Id": user_id,
        "Channel_Id": 4,
        "Location_Id": PLAZA,
        "Payment_Type_Id": 1,
        "Mobile": "+96550000123",
        "Name": "Sara Test",
        "Email_Id": "sara@example.com",
        "Gross_Amount": total,
        "Discount_Amount": 0,
        "Net_Amount": total,
        "Services": list(lines),
        **changes,
    }
