"""Permissions of the assessing app."""

from portal.core import permissions
from portal.core.permissions import Permission
from portal.permissions import COMPLIANCE_OFFICER, DOERS, EXECUTIVE, PMO

# Who may approve one item is narrower than this: the item's approver role, never the person who answered (rules S1, S3).
SIGNERS = (*DOERS, "pmo", "exec_sponsor")


def declare() -> None:
    """Make the names known."""
    permissions.declare(
        Permission(
            "assessments.answer_item", "填写检查项", "Answer items", scope="project", project_roles=(*DOERS, "exec_sponsor"), content=True
        ),
        Permission(
            "assessments.add_evidence", "添加证据", "Add evidence", scope="project", project_roles=(*DOERS, "exec_sponsor"), content=True
        ),
        Permission(
            "assessments.comment_item",
            "评论检查项",
            "Comment on items",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER, EXECUTIVE),
            project_roles=SIGNERS,
        ),
        Permission(
            "assessments.assign_item", "指派检查项", "Assign items", scope="project", roles=(PMO,), project_roles=("business_owner", "pmo")
        ),
        Permission(
            "assessments.review_item",
            "复核检查项",
            "Review items",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=SIGNERS,
            content=True,
        ),
        Permission(
            "assessments.request_waiver",
            "申请豁免",
            "Ask for a waiver",
            scope="project",
            roles=(COMPLIANCE_OFFICER,),
            project_roles=DOERS,
            content=True,
        ),
        Permission(
            "assessments.approve_waiver",
            "批准豁免",
            "Approve waivers",
            scope="project",
            roles=(COMPLIANCE_OFFICER,),
            project_roles=SIGNERS,
            content=True,
        ),
        Permission(
            "assessments.raise_tier",
            "提高评估档位",
            "Raise the assessment tier",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=("pmo", "security", "compliance", "exec_sponsor"),
            content=True,
        ),
        Permission(
            "assessments.upgrade_catalogue",
            "升级目录版本",
            "Move to a newer catalogue version",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
        ),
        Permission("assessments.run_calculator", "运行计算器", "Run calculators", scope="project", project_roles=DOERS, content=True),
        Permission(
            "assessments.open_gate",
            "发起阶段门审批",
            "Open a gate round",
            scope="project",
            roles=(PMO,),
            project_roles=("pmo", "business_owner"),
        ),
        Permission(
            "assessments.sign_gate",
            "签署阶段门",
            "Sign at a gate",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=SIGNERS,
            content=True,
        ),
        Permission(
            "assessments.confirm_flag",
            "登记人工确认",
            "Record a confirmation",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=("pmo", "business_owner", "compliance", "security", "tech_lead", "exec_sponsor"),
            content=True,
        ),
        Permission(
            "assessments.write_condition",
            "提出条件",
            "Write conditions",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=SIGNERS,
            content=True,
        ),
        Permission(
            "assessments.delegate",
            "设置授权代理",
            "Delegate the own signature",
            roles=(PMO, COMPLIANCE_OFFICER, EXECUTIVE, "contributor"),
            content=True,
        ),
    )
