"""Permissions of the compliance app."""

from portal.core import permissions
from portal.core.permissions import Permission
from portal.permissions import ADMINISTRATOR, ALL_PROJECT_ROLES, COMPLIANCE_OFFICER, EXECUTIVE, PMO, READERS


def declare() -> None:
    """Make the names known."""
    permissions.declare(
        Permission("compliance.view_filings", "查看全部备案与登记", "See all filings", roles=READERS),
        Permission(
            "compliance.view_project_filings",
            "查看项目备案与登记",
            "See the filings of a project",
            scope="project",
            roles=READERS,
            project_roles=ALL_PROJECT_ROLES,
        ),
        Permission(
            "compliance.decide_filing",
            "确认备案适用性",
            "Decide whether a filing applies",
            scope="project",
            roles=(COMPLIANCE_OFFICER,),
            project_roles=("compliance",),
            content=True,
        ),
        Permission(
            "compliance.second_filing",
            "复核备案适用性",
            "Second a decision on a filing",
            scope="project",
            roles=(COMPLIANCE_OFFICER, EXECUTIVE),
            project_roles=("compliance", "security", "exec_sponsor"),
            content=True,
        ),
        Permission(
            "compliance.work_filing",
            "办理备案与登记",
            "Carry a filing through",
            scope="project",
            roles=(COMPLIANCE_OFFICER,),
            project_roles=("compliance", "business_owner"),
            content=True,
        ),
        Permission("compliance.manage_reminders", "设置提醒规则", "Set the rules of reminders", roles=(ADMINISTRATOR, COMPLIANCE_OFFICER)),
        Permission(
            "compliance.care_for_rules",
            "法规复核与自定义法规事项",
            "Review the rules and keep own regimes",
            roles=(ADMINISTRATOR, COMPLIANCE_OFFICER),
        ),
        Permission("compliance.manage_webhooks", "管理外部消息推送", "Manage webhooks", roles=(ADMINISTRATOR,)),
        Permission(
            "compliance.edit_calendar",
            "维护工作日历与内部时限",
            "Keep the working calendar and own time limits",
            roles=(ADMINISTRATOR, COMPLIANCE_OFFICER),
        ),
        Permission("compliance.view_reports", "查看全部报告", "See all reports", roles=READERS),
        Permission(
            "compliance.order_report",
            "生成签批报告",
            "Order sign-off reports",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER, EXECUTIVE),
            project_roles=ALL_PROJECT_ROLES,
        ),
        Permission(
            "compliance.download_report",
            "下载签批报告",
            "Download sign-off reports",
            scope="project",
            roles=READERS,
            project_roles=ALL_PROJECT_ROLES,
        ),
        Permission(
            "compliance.delete_report", "删除到期报告", "Delete reports past retention", scope="project", roles=(PMO, COMPLIANCE_OFFICER)
        ),
    )
