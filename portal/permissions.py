"""Permissions of the ground, and the built-in roles that hold them in a new organisation."""

from portal.core import permissions
from portal.core.permissions import Permission

# Tenant-wide built-in roles. An administrator grants roles but neither answers nor approves (rule S6).
ADMINISTRATOR = "administrator"
PMO = "pmo"
COMPLIANCE_OFFICER = "compliance_officer"
EXECUTIVE = "executive"
AUDITOR = "auditor"
CONTRIBUTOR = "contributor"
READERS = (ADMINISTRATOR, PMO, COMPLIANCE_OFFICER, EXECUTIVE, AUDITOR)

# Project roles of the catalogue (roles.yaml).
DOERS = ("business_owner", "data_owner", "security", "compliance", "tech_lead", "infra_ops", "finance")
ALL_PROJECT_ROLES = (*DOERS, "pmo", "exec_sponsor", "auditor")


def declare() -> None:
    """Make the names known."""
    permissions.declare(
        Permission("portal.view_all_projects", "查看全部项目", "See all projects", roles=READERS),
        Permission(
            "portal.view_confidential_projects", "查看全部保密项目", "See all confidential projects", roles=(COMPLIANCE_OFFICER, EXECUTIVE)
        ),
        Permission("portal.create_project", "登记新项目", "Register a project", roles=(PMO, COMPLIANCE_OFFICER, CONTRIBUTOR)),
        Permission("portal.export_projects", "导出项目清单", "Export the project list", roles=READERS),
        Permission("portal.share_views", "共享筛选视图", "Share saved views", roles=(ADMINISTRATOR, PMO)),
        Permission("portal.manage_people", "管理人员与邀请", "Manage people and invitations", roles=(ADMINISTRATOR,)),
        Permission("portal.manage_roles", "管理角色与权限", "Manage roles and permissions", roles=(ADMINISTRATOR,)),
        Permission("portal.manage_organisation", "管理单位资料与品牌", "Manage organisation and branding", roles=(ADMINISTRATOR,)),
        Permission(
            "portal.edit_organisation_facts",
            "填写单位层面事实",
            "Answer facts of the organisation",
            roles=(PMO, COMPLIANCE_OFFICER),
            content=True,
        ),
        Permission("portal.view_audit_log", "查看审计日志", "Read the audit log", roles=(ADMINISTRATOR, AUDITOR)),
        Permission("portal.export_audit_log", "导出审计日志", "Export the audit log", roles=(ADMINISTRATOR, AUDITOR)),
        Permission("portal.view_project", "查看项目", "See a project", scope="project", roles=READERS, project_roles=ALL_PROJECT_ROLES),
        Permission(
            "portal.edit_project",
            "修改项目资料",
            "Change a project",
            scope="project",
            roles=(PMO,),
            project_roles=("business_owner", "pmo"),
        ),
        Permission(
            "portal.edit_facts",
            "填写项目事实",
            "Answer facts of a project",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=("business_owner", "data_owner", "tech_lead", "security", "compliance", "pmo"),
            content=True,
        ),
        Permission(
            "portal.manage_project_people",
            "管理项目角色",
            "Manage the people of a project",
            scope="project",
            roles=(PMO,),
            project_roles=("business_owner", "pmo"),
        ),
        Permission(
            "portal.edit_stakeholders",
            "维护干系人",
            "Maintain stakeholders",
            scope="project",
            roles=(PMO, COMPLIANCE_OFFICER),
            project_roles=("business_owner", "pmo", "compliance"),
        ),
        Permission(
            "portal.share_project", "共享单个项目", "Share one project", scope="project", roles=(PMO,), project_roles=("business_owner",)
        ),
        Permission(
            "portal.steer_project",
            "暂停、终止或恢复项目",
            "Hold, stop or resume a project",
            scope="project",
            roles=(PMO,),
            project_roles=("pmo", "exec_sponsor"),
        ),
        Permission(
            "portal.view_history",
            "查看项目历史",
            "Read the history of a project",
            scope="project",
            roles=READERS,
            project_roles=ALL_PROJECT_ROLES,
        ),
    )
