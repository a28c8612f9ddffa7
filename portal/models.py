"""All models of the ground, so that Django finds them."""

from portal.audit.models import AuditEvent
from portal.catalogue.models import CatalogueVersion
from portal.jobs.models import Job, PeriodicRun
from portal.notices.models import Notice, NoticePreference
from portal.projects.models import (
    CountPart,
    DefaultView,
    FactAnswer,
    IntakeDraft,
    PortfolioRollup,
    Project,
    ProjectGroupGrant,
    ProjectMember,
    ProjectSummary,
    ProjectUserGrant,
    SavedView,
)
from portal.roles.models import MembershipRole, Role, RolePermission, Team, TeamMember
from portal.stakeholders.models import Contact, Responsibility, Stakeholder
from portal.tenants.models import Invitation, Membership, Person, Tenant, User

__all__ = [
    "AuditEvent",
    "CatalogueVersion",
    "Contact",
    "CountPart",
    "DefaultView",
    "FactAnswer",
    "IntakeDraft",
    "Invitation",
    "Job",
    "Membership",
    "MembershipRole",
    "Notice",
    "NoticePreference",
    "PeriodicRun",
    "Person",
    "PortfolioRollup",
    "Project",
    "ProjectGroupGrant",
    "ProjectMember",
    "ProjectSummary",
    "ProjectUserGrant",
    "Responsibility",
    "Role",
    "RolePermission",
    "SavedView",
    "Stakeholder",
    "Team",
    "TeamMember",
    "Tenant",
    "User",
]
